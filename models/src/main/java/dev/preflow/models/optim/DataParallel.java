package dev.preflow.models.optim;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.preflow.models.tensor.Autograd;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Data parallelism over the devices of one machine, or over the cores of its processor: every worker computes the gradients of
 * its share of a batch on a replica of the parameters, into one flat buffer, and the buffers are added up in a fixed order.
 * The shares' losses are weighed by their part of the batch, so that the sum is the average.
 *
 * <p>Frozen parameters are shared by the workers of a device. On a processor, two workers with one intra-op thread each are
 * faster than one with two.
 *
 * <p>Used by one thread. One optimiser step is {@link #gradients}, the optimiser on the master parameters, and
 * {@link #broadcast}.
 */
public final class DataParallel implements AutoCloseable {

    private final List<Parameters> master;
    private final List<List<Parameters>> replicas = new ArrayList<>();
    private final List<FlatGradients> gradients = new ArrayList<>();
    private final List<NDManager> managers = new ArrayList<>();
    private final @Nullable ExecutorService workers;

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
     * Replicates modules whose trainable parameters have been chosen, for workers on one device.
     *
     * @param master the modules that the optimiser updates; worker 0 computes on them
     * @param workers how many workers share a batch, at least 1
     */
    public DataParallel(List<Parameters> master, int workers) {
        this(master, Collections.nCopies(workers, master.get(0).manager().getDevice()));
    }

    /**
     * Replicates modules whose trainable parameters have been chosen, for a worker on each device.
     *
     * @param master the modules that the optimiser updates; worker 0 computes on them
     * @param devices of the workers, at least one; the first is the master's
     */
    public DataParallel(List<Parameters> master, List<Device> devices) {
        this.master = List.copyOf(master);
        Device own = master.get(0).manager().getDevice();
        if (!devices.get(0).equals(own)) {
            throw new IllegalArgumentException(
                    "The first worker's device is " + devices.get(0) + ", but the parameters are on " + own);
        }
        replicas.add(this.master);
        for (Device device : devices.subList(1, devices.size())) {
            NDManager manager = Torch.newManager(device);
            managers.add(manager);
            Map<NDArray, NDArray> frozen = new IdentityHashMap<>();
            replicas.add(this.master.stream()
                    .map(module -> module.replica(manager, frozen))
                    .toList());
        }
        replicas.forEach(replica -> gradients.add(new FlatGradients(replica)));
        workers = devices.size() == 1
                ? null
                : Executors.newFixedThreadPool(devices.size(), task -> {
                    Thread thread = new Thread(task, "data-parallel");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** How many workers share a batch. */
    public int workers() {
        return replicas.size();
    }

    /** The modules that a worker computes on. */
    public List<Parameters> replica(int worker) {
        return replicas.get(worker);
    }

    /**
     * Sets the master's gradients to those of the whole batch.
     *
     * @return the loss of the whole batch
     * @throws IllegalStateException if a worker failed; the gradients are then of no use
     */
    public double gradients(ShardLoss loss) {
        zero();
        double sum = accumulate(loss);
        reduce(1);
        return sum;
    }

    /** Sets the gradients of all workers to zero. */
    public void zero() {
        gradients.forEach(FlatGradients::zero);
    }

    /**
     * Lets every worker add the gradients of a share to its own. A single worker computes on the calling thread. Several are
     * waited for even if the calling thread is interrupted; it stays interrupted then.
     *
     * @return the sum of the shares' losses
     * @throws NonFiniteException if that is what a worker threw; the gradients are then of no use
     * @throws IllegalStateException if a worker failed; the gradients are then of no use
     */
    public double accumulate(ShardLoss loss) {
        if (workers == null) {
            return share(loss, 0);
        }
        List<Future<Double>> shares = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            int worker = i;
            shares.add(workers.submit(() -> {
                Torch.useThreads(1);
                return share(loss, worker);
            }));
        }
        double sum = 0;
        Throwable failure = null;
        for (Future<Double> share : shares) {
            try {
                sum += uninterrupted(share);
            } catch (ExecutionException e) {
                failure = e.getCause();
            }
        }
        if (failure instanceof NonFiniteException notFinite) {
            throw notFinite;
        }
        if (failure != null) {
            throw new IllegalStateException("A worker could not compute its gradients", failure);
        }
        return sum;
    }

    private static double uninterrupted(Future<Double> share) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return share.get();
                } catch (InterruptedException e) {
                    // The worker goes on with arrays that must not be freed under it.
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private double share(ShardLoss loss, int worker) {
        try (Autograd on = Autograd.enabled()) {
            return loss.backward(replicas.get(worker), worker);
        }
    }

    /**
     * Sums the workers' gradients up in the master's.
     *
     * @param factor of the sum
     */
    public void reduce(double factor) {
        FlatGradients sum = gradients.get(0);
        gradients.subList(1, gradients.size()).forEach(sum::add);
        if (factor != 1) {
            sum.multiply(factor);
        }
    }

    /** Gives the replicas the master's values, after the optimiser changed them. */
    public void broadcast() {
        for (List<Parameters> replica : replicas.subList(1, replicas.size())) {
            for (int m = 0; m < master.size(); m++) {
                replica.get(m).assignTrainedFrom(master.get(m));
            }
        }
    }

    @Override
    public void close() {
        if (workers != null) {
            workers.shutdown();
        }
        gradients.forEach(FlatGradients::close);
        managers.forEach(NDManager::close);
    }
}
