package dev.preflow.models.tensor;

/** Starts PyTorch twice in a process of its own and says what becomes of it. */
final class TorchProbe {

    /** The exit status where PyTorch does not start. */
    static final int UNAVAILABLE = 3;

    private TorchProbe() {}

    public static void main(String[] args) {
        try {
            Torch.useThreads(1);
        } catch (TorchUnavailableException first) {
            try {
                Torch.newManager().close();
            } catch (TorchUnavailableException second) {
                System.out.println(first.getMessage());
                System.out.println(second.getMessage());
                System.exit(UNAVAILABLE);
            }
        }
    }
}
