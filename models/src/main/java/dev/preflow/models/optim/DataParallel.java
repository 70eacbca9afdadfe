package dev.preflow.models.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
import dev.preflow.models.tensor.TorchScript;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Data parallelism over the cores of one machine: every worker computes gradients of its share of a batch on a replica of
 * the parameters, with one intra-op thread, and the gradients are added up in a fixed order. Two workers with one intra-op
 * thread each are faster than one with two, and the sum does not depend on which finishes first.
 *
 * <p>Used by one thread. One optimiser step is {@link #gradients}, the optimiser on the master parameters, and
 * {@link #broadcast}.
 */
public final class DataParallel implements AutoCloseable {
    private static final TorchScript SUM =
            TorchScript.compile("  def add(self: __torch__.M, to: List[Tensor], of: List[Tensor]) -> Tensor:\n"
                    + "    torch._foreach_add_(to, of)\n    return to[0]\n");

    private final List<Parameters> master;
    private final List<List<Parameters>> replicas = new ArrayList<>();
    private final ExecutorService workers;

    /** A worker's share of the loss. */
    @FunctionalInterface
    public interface ShardLoss {
        /**
         * Adds the gradients of this worker's share to the replica; gradient mode is on. The shares of all workers must add
         * up to the loss of the whole batch.
         *
         * @param replica the modules, in the order that the constructor was given them
         * @param worker from 0
         * @return this worker's share of the loss
         */
        double backward(List<Parameters> replica, int worker);
    }

    /**
     * Replicates modules whose trainable parameters have been chosen.
     *
     * @param master the modules that the optimiser updates; worker 0 computes on them
     * @param workers how many workers share a batch, at least 1
     */
    public DataParallel(List<Parameters> master, int workers) {
        this.master = List.copyOf(master);
        replicas.add(this.master);
        for (int i = 1; i < workers; i++) {
            replicas.add(this.master.stream().map(DataParallel::replica).toList());
        }
        this.workers = Executors.newFixedThreadPool(workers, task -> {
            Thread thread = new Thread(task, "data-parallel");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static Parameters replica(Parameters module) {
        Set<String> trained = new HashSet<>();
        module.asMap().forEach((name, array) -> {
            if (array.hasGradient()) {
                trained.add(name);
            }
        });
        Parameters copy = module.copy(module.manager().getParentManager());
        copy.trainable(trained::contains);
        return copy;
    }

    /** How many workers share a batch. */
    public int workers() {
        return replicas.size();
    }

    /**
     * Sets the master's gradients to those of the whole batch.
     *
     * @return the loss of the whole batch
     * @throws IllegalStateException if a worker failed; the gradients are then of no use
     */
    public double gradients(ShardLoss loss) {
        List<Future<Double>> shares = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            int worker = i;
            shares.add(workers.submit(() -> share(loss, worker)));
        }
        double sum = 0;
        try {
            for (Future<Double> share : shares) {
                sum += share.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while gradients were computed", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A worker could not compute its gradients", e.getCause());
        }
        for (List<Parameters> replica : replicas.subList(1, replicas.size())) {
            for (int m = 0; m < master.size(); m++) {
                add(master.get(m), replica.get(m));
            }
        }
        return sum;
    }

    private double share(ShardLoss loss, int worker) {
        Torch.useThreads(1);
        List<Parameters> replica = replicas.get(worker);
        replica.forEach(Parameters::zeroGradients);
        try (Autograd on = Autograd.enabled()) {
            return loss.backward(replica, worker);
        }
    }

    private static void add(Parameters to, Parameters from) {
        try (Autograd off = Autograd.disabled();
                NDManager step = to.manager().newSubManager()) {
            List<NDArray> gradients = to.gradients(step);
            if (!gradients.isEmpty()) {
                SUM.callOnList(step, "add", gradients, from.gradients(step));
            }
        }
    }

    /** Gives the replicas the master's values, after the optimiser changed them. */
    public void broadcast() {
        for (List<Parameters> replica : replicas.subList(1, replicas.size())) {
            for (int m = 0; m < master.size(); m++) {
                replica.get(m).assignFrom(master.get(m));
            }
        }
    }

    @Override
    public void close() {
        workers.shutdown();
        replicas.subList(1, replicas.size()).forEach(replica -> replica.forEach(Parameters::close));
    }
}
