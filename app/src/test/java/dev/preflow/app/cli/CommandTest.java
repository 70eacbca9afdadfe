package dev.preflow.app.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** A test of the command line, with what it has printed. */
abstract class CommandTest {

    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();

    /** Runs a command; its exit code. */
    final int run(String... args) {
        return PreflowCommand.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }
}
