package dev.preflow.schemas;

import org.apache.avro.util.ClassSecurityValidator;

/** Tells Avro, which since 1.12 instantiates listed classes only, that the records of this package are ours. */
final class TrustedRecords {

    private TrustedRecords() {}

    /** Adds this package to what is trusted already. */
    static void trust() {
        ClassSecurityValidator.setGlobal(
                ClassSecurityValidator.composite(ClassSecurityValidator.getGlobal(), type -> type.getPackageName()
                        .equals(TrustedRecords.class.getPackageName())));
    }
}
