package dev.preflow.app.gateway;

import dev.preflow.schemas.Purpose;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of a request's query. */
final class Query {

    private final RoutingContext context;

    Query(RoutingContext context) {
        this.context = context;
    }

    @Nullable
    String text(String name) {
        var values = context.queryParam(name);
        if (values.size() > 1) {
            throw new BadRequestException("The parameter " + name + " is given more than once");
        }
        return values.isEmpty() || values.get(0).isEmpty() ? null : values.get(0);
    }

    int integer(String name, int absent, int min, int max) {
        var text = text(name);
        if (text == null) {
            return absent;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // answered below, together with what is out of range
        }
        throw new BadRequestException(
                "The parameter %s must be a whole number from %d to %d".formatted(name, min, max));
    }

    @Nullable
    Double number(String name) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // answered below, together with what is not finite
        }
        throw new BadRequestException("The parameter " + name + " must be a number");
    }

    @Nullable
    Purpose purpose(String name) {
        var text = text(name);
        if (text == null) {
            return null;
        }
        for (var purpose : Purpose.values()) {
            if (purpose.name().toLowerCase(Locale.ROOT).equals(text)) {
                return purpose;
            }
        }
        throw new BadRequestException("The parameter " + name + " must be judge or rollout");
    }
}
