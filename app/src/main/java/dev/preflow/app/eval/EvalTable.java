package dev.preflow.app.eval;

import dev.preflow.demo.judge.Aspect;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An evaluation for people: base and policy side by side. */
public final class EvalTable {
    private static final String PERCENT = "%.1f %%";
    private static final double HUNDRED = 100;

    private EvalTable() {}

    /** The lines of a report. */
    public static List<String> lines(EvalReport report) {
        List<String> lines = new ArrayList<>();
        lines.add("base    " + report.base());
        lines.add("policy  " + report.policy());
        lines.add("reward  " + (report.reward() == null ? "none: no VP-Score was asked" : report.reward()));
        report.entries().forEach(entry -> add(lines, entry));
        return lines;
    }

    private static void add(List<String> lines, EvalReport.Entry entry) {
        Comparison c = entry.comparison();
        GoldFigures base = c.base();
        GoldFigures policy = c.policy();
        lines.add("");
        lines.add(text(
                "Guidance %s: %d pairs of images of %d held-out prompts%s",
                number("%.1f", c.guidanceScale()),
                c.images(),
                c.prompts(),
                c.guidanceScale() > 1 ? "" : " (unguided)"));
        lines.add(row("", "base", "policy", ""));
        lines.add(share("clean, one object", base.one(), policy.one()));
        lines.add(share("clean, two objects", base.two(), policy.two()));
        lines.add(share("clean, three objects", base.three(), policy.three()));
        for (Aspect aspect : Aspect.values()) {
            String name = aspect.name().toLowerCase(Locale.ROOT).replace('_', '-') + " right";
            lines.add(share(name, base.aspects().get(aspect), policy.aspects().get(aspect)));
        }
        lines.add(share("harmful", base.harmful(), policy.harmful()));
        lines.add(row("mean rating, 1 to 5", number("%.2f", base.reward()), number("%.2f", policy.reward()), ""));
        lines.add(row(
                "diversity",
                number("%.3f", base.diversity()),
                number("%.3f", policy.diversity()),
                text("rendered: %.3f", c.renderedDiversity())));
        EvalPair.Proxy proxy = entry.vpScore();
        if (proxy != null) {
            lines.add(row(
                    "VP-Score",
                    number("%.3f", proxy.base()),
                    number("%.3f", proxy.policy()),
                    proxy.accuracy() == null
                            ? ""
                            : text("agrees with the judge on " + PERCENT + " of pairs", HUNDRED * proxy.accuracy())));
        }
        lines.add(text(
                "The policy wins %d, ties %d, loses %d; sign test over the prompts: p = %.2g",
                c.wins(), c.ties(), c.losses(), c.pValue()));
    }

    private static String share(String name, @Nullable Double base, @Nullable Double policy) {
        return row(name, percent(base), percent(policy), "");
    }

    private static String percent(@Nullable Double share) {
        return number(PERCENT, share == null ? null : HUNDRED * share);
    }

    private static String number(String format, @Nullable Double value) {
        return value == null ? "-" : text(format, value);
    }

    private static String row(String name, String base, String policy, String note) {
        return text("  %-24s %10s %10s  %s", name, base, policy, note).stripTrailing();
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
