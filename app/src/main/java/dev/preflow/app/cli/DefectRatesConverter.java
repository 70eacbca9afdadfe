package dev.preflow.app.cli;

import dev.preflow.demo.render.DefectRates;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how much is wrong with scenes: a factor of the mixture, or the rates of single kinds, such as {@code sign=0.4,framing=0}. */
final class DefectRatesConverter implements ITypeConverter<DefectRates> {
    private static final DefectRates MIXTURE = DefectRates.MIXTURE;

    @Override
    public DefectRates convert(String text) {
        try {
            return text.contains("=") ? rates(text) : MIXTURE.times(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is neither a number nor KIND=RATE,...");
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "': " + e.getMessage());
        }
    }

    private static DefectRates rates(String text) {
        Map<String, Double> given = new HashMap<>();
        for (String part : text.split(",")) {
            String[] rate = part.split("=", 2);
            given.put(rate[0].strip(), Double.parseDouble(rate.length == 2 ? rate[1].strip() : ""));
        }
        var rates = new DefectRates(
                take(given, "colour", MIXTURE.wrongColour()),
                MIXTURE.swapShare(),
                take(given, "quality", MIXTURE.quality()),
                take(given, "sign", MIXTURE.sign()),
                take(given, "framing", MIXTURE.framing()));
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(
                    "the kinds are colour, quality, sign and framing, not " + given.keySet());
        }
        return rates;
    }

    private static double take(Map<String, Double> given, String kind, double otherwise) {
        Double rate = given.remove(kind);
        return rate == null ? otherwise : rate;
    }
}
