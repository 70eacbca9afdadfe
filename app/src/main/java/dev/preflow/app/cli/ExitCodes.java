package dev.preflow.app.cli;

/** How the process ends. The Java virtual machine itself ends with 130 on Ctrl-C and 143 on SIGTERM. */
public final class ExitCodes {

    /** All went well. */
    public static final int OK = 0;

    /** Something went wrong, or part of the input could not be taken. */
    public static final int FAILURE = 1;

    /** The command line or the configuration is wrong. */
    public static final int USAGE = 2;

    /** Stopped by Ctrl-C. */
    public static final int INTERRUPTED = 130;

    private ExitCodes() {}
}
