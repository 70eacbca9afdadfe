package dev.preflow.app.cli;

import dev.preflow.stream.config.ConfigException;
import java.io.PrintWriter;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into one clear line; the stack trace is for {@code --verbose}. */
final class ErrorLine implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
        Throwable failure = thrown;
        while ((failure instanceof ExecutionException || failure instanceof CompletionException)
                && failure.getCause() != null) {
            failure = failure.getCause();
        }
        PrintWriter err = command.getErr();
        var message = failure.getMessage() == null || failure instanceof NullPointerException
                ? failure.toString()
                : failure.getMessage();
        err.println("preflow: " + message);
        if (command.getCommand() instanceof CliCommand cli && cli.options().verbose()) {
            failure.printStackTrace(err);
        } else if (failure instanceof RuntimeException && !(failure instanceof ConfigException)) {
            err.println("preflow: --verbose shows where");
        }
        err.flush();
        return failure instanceof ConfigException ? ExitCodes.USAGE : ExitCodes.FAILURE;
    }
}
