/** The one class that must live beside DJL's JNI layer, because the entry point it needs is package-private there. */
@org.jspecify.annotations.NullMarked
package ai.djl.pytorch.jni;
