package dev.preflow.app.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.preflow.demo.judge.Aspect;
import dev.preflow.models.image.RgbImage;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final EvalPlan PLAN = new EvalPlan(4, 2, 0, 1, 1);
    private static final List<RgbImage> IMAGES = Collections.nCopies(6, Runs.grey(0));

    @Test
    void shouldCountPairsAndFigures() {
        EvalRun base = Runs.of(PLAN, IMAGES, List.of(5, 2, 2, 2, 3, 3));
        EvalRun policy = Runs.of(PLAN, IMAGES, List.of(4, 5, 5, 5, 3, 2));

        Comparison comparison = Comparison.of(base, policy);

        assertThat(comparison.wins()).isEqualTo(3);
        assertThat(comparison.ties()).isEqualTo(1);
        assertThat(comparison.losses()).isEqualTo(2);
        // one prompt is won and one is lost, however many images each has
        assertThat(comparison.pValue()).isEqualTo(SignTest.pValue(1, 1));
        assertThat(comparison.images()).isEqualTo(6);
        assertThat(comparison.prompts()).isEqualTo(2);
        assertThat(comparison.base().one()).isEqualTo(0.25);
        assertThat(comparison.policy().one()).isEqualTo(1);
        assertThat(comparison.policy().two()).isZero();
        assertThat(comparison.policy().three()).isNull();
        assertThat(comparison.policy().reward()).isEqualTo(4);
        assertThat(comparison.base().harmful()).isEqualTo(5 / 6.0, within(1e-12));
        assertThat(comparison.policy().aspects()).containsEntry(Aspect.FIDELITY, 4 / 6.0);
        assertThat(comparison.renderedDiversity()).isBetween(0.05, 0.3);
    }

    @Test
    void shouldRefuseRunsOfDifferentPlans() {
        EvalRun base = Runs.of(PLAN, IMAGES, List.of(1, 1, 1, 1, 1, 1));
        EvalPlan guided = new EvalPlan(4, 2, 0, 1, 3);
        EvalRun other = Runs.of(guided, IMAGES, List.of(1, 1, 1, 1, 1, 1));
        assertThatThrownBy(() -> Comparison.of(base, other)).hasMessageContaining("cannot be paired");
    }

    @Test
    void shouldTellPeopleWhatIsNotMeasured() {
        EvalRun run = Runs.of(PLAN, IMAGES, List.of(5, 5, 5, 5, 1, 1));
        EvalReport report =
                new EvalReport("a", "b", null, List.of(new EvalReport.Entry(Comparison.of(run, run), null)));
        assertThat(EvalTable.lines(report))
                .anyMatch(line -> line.matches(" *clean, one object +100\\.0 % +100\\.0 %"))
                .anyMatch(line -> line.matches(" *clean, three objects +- +-"))
                .anyMatch(line -> line.contains("wins 0, ties 6, loses 0") && line.contains("p = 1.0"))
                .noneMatch(line -> line.contains("VP-Score  "));
    }
}
