package dev.preflow.app.cli;

import dev.preflow.demo.pretrain.TrainingLog;
import java.io.PrintWriter;
import java.util.Locale;

/** Shows a training's steps: a line that is written over and over on a terminal, else a line now and then. */
final class TrainingProgress implements TrainingLog {
    private static final long LINE_NANOS = 30_000_000_000L;

    private final PrintWriter err;
    private final boolean terminal = System.console() != null;
    private final ProgressLine line;
    private String part = "";
    private TimeLeft left = new TimeLeft();
    private long written;

    TrainingProgress(PrintWriter err) {
        this.err = err;
        this.line = new ProgressLine(err);
    }

    @Override
    public void step(String trained, int step, int steps, double loss) {
        if (!trained.equals(part)) {
            part = trained;
            left = new TimeLeft();
            written = System.nanoTime();
        }
        int done = step + 1;
        String text = "%s: step %d of %d%s, %s left"
                .formatted(
                        part,
                        done,
                        steps,
                        Double.isNaN(loss) ? "" : String.format(Locale.ROOT, ", loss %.4f", loss),
                        left.after(done, steps));
        if (terminal) {
            line.show(text);
        } else if (done == steps || System.nanoTime() - written >= LINE_NANOS) {
            written = System.nanoTime();
            err.println(text);
            err.flush();
        }
    }

    void end() {
        line.clear();
    }
}
