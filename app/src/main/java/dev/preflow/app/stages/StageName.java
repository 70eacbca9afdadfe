package dev.preflow.app.stages;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The stages that a process can run. */
public enum StageName {
    /** Prompts to tasks. */
    PLANNER,
    /** Tasks to images. */
    GENERATORS,
    /** Images to groups. */
    ASSEMBLER,
    /** Groups to ratings and preferences. */
    ANNOTATORS,
    /** Preferences to the store and to VP-Score's releases; one process of a deployment. */
    LEARNER,
    /** Images to scores. */
    SCORER,
    /** Rollouts to the policy's releases; one process of a deployment. */
    TRAINER,
    /** The HTTP side and the page. */
    GATEWAY;

    private static final String ALL = "all";

    /**
     * Reads names of stages.
     *
     * @param labels such as "planner"; "all" stands for every stage
     * @return the stages
     * @throws IllegalArgumentException when one is not a stage
     */
    public static Set<StageName> parse(List<String> labels) {
        var names = EnumSet.noneOf(StageName.class);
        for (var label : labels) {
            if (label.strip().equals(ALL)) {
                return EnumSet.allOf(StageName.class);
            }
            names.add(parse(label.strip()));
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException("Name at least one stage: " + labels());
        }
        return names;
    }

    /**
     * The name used on the command line.
     *
     * @return lower case
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Every name.
     *
     * @return separated by commas, "all" last
     */
    public static String labels() {
        return Arrays.stream(values()).map(StageName::label).collect(Collectors.joining(", ")) + ", " + ALL;
    }

    private static StageName parse(String label) {
        return Arrays.stream(values())
                .filter(name -> name.label().equals(label))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("'%s' is not a stage; there are %s".formatted(label, labels())));
    }
}
