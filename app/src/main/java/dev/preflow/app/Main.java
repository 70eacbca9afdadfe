package dev.preflow.app;

import dev.preflow.app.cli.PreflowCommand;

/** Where the program starts. */
public final class Main {

    private Main() {}

    /**
     * Runs the command line and ends the process with its exit code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(PreflowCommand.execute(args));
    }
}
