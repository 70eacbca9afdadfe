package dev.preflow.app.cli;

import dev.preflow.models.pipeline.Framing;
import dev.preflow.models.pipeline.ImageSize;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What SDXL is told of an image's framing; diffusers has the same as {@code original_size} and so on. */
final class FramingOptions {

    @Option(
            names = "--original-size",
            paramLabel = "WxH",
            converter = Size.class,
            description = "For SDXL: the size that the image is said to have had before it was resized; else its own.")
    private @Nullable ImageSize originalSize;

    @Option(
            names = "--crop",
            paramLabel = "X,Y",
            converter = Corner.Converter.class,
            description = "For SDXL: how much is said to have been cut off, X at the left and Y above; else 0,0.")
    private Corner crop = new Corner(0, 0);

    @Option(
            names = "--target-size",
            paramLabel = "WxH",
            converter = Size.class,
            description = "For SDXL: the size that the image is said to have; else its own.")
    private @Nullable ImageSize targetSize;

    /** What was given, or null if nothing was. */
    @Nullable
    Framing framing() {
        Framing framing = new Framing(originalSize, crop.y(), crop.x(), targetSize);
        return framing.equals(Framing.NONE) ? null : framing;
    }

    /** The corner of a crop. */
    record Corner(int x, int y) {

        /** Reads {@code X,Y}. */
        static final class Converter implements ITypeConverter<Corner> {
            @Override
            public Corner convert(String value) {
                int[] pair = pair(value, ',', "X,Y such as 0,128");
                return new Corner(pair[0], pair[1]);
            }
        }
    }

    /** Reads {@code WxH}. */
    static final class Size implements ITypeConverter<ImageSize> {
        @Override
        public ImageSize convert(String value) {
            int[] pair = pair(value, 'x', "WxH such as 1024x768");
            return new ImageSize(pair[0], pair[1]);
        }
    }

    private static int[] pair(String value, char between, String form) {
        Matcher match = Pattern.compile("(\\d{1,6})" + between + "(\\d{1,6})").matcher(value);
        if (!match.matches()) {
            throw new TypeConversionException("'" + value + "': give " + form);
        }
        return new int[] {Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2))};
    }
}
