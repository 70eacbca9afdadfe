package dev.preflow.demo.pretrain;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.preflow.models.pipeline.DiffusionPipeline;
import dev.preflow.models.pipeline.PipelineModels;
import dev.preflow.models.pipeline.PolicyLease;
import dev.preflow.models.tensor.Noise;
import dev.preflow.models.tensor.Parameters;
import dev.preflow.models.tensor.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes the base model: an autoencoder, then a U-Net and a text encoder in its latent space, from rendered scenes of which
 * many have something wrong. Like a model trained on the web it has learnt a mixture.
 */
public final class Pretraining {
    private static final int ENCODED_AT_ONCE = 32;
    private static final int SCALE_IMAGES = 256;

    private final PretrainPlan plan;
    private final TrainingLog log;

    /**
     * A pretraining.
     *
     * @param log is told of every step
     */
    public Pretraining(PretrainPlan plan, TrainingLog log) {
        this.plan = plan;
        this.log = log;
    }

    /** Trains, and writes the model as a diffusers directory with a {@link PretrainRecord} beside it. */
    public PretrainRecord run(Path directory) {
        long start = System.nanoTime();
        Torch.useThreads(1);
        try (NDManager manager = Torch.newManager()) {
            VaeTraining vaeTraining = new VaeTraining(BaseModel.autoencoder(), plan);
            Parameters vae = vaeTraining.train(manager, log);
            PipelineModels models = BaseModel.models(vaeTraining.scalingFactor(vae, SCALE_IMAGES));
            LatentPool pool = encode(vaeTraining, vae, models);
            Parameters policy = new DenoiserTraining(models, plan).train(manager, pool, log);
            PretrainRecord record =
                    new PretrainRecord(List.of(PretrainRecord.Run.of(plan, start)), policy.count() + vae.count());
            save(models, policy, vae, manager, directory);
            record.write(directory);
            return record;
        }
    }

    /** Writes the weights in half precision, as most checkpoints are published; they are read as float32. */
    private static void save(
            PipelineModels models, Parameters policy, Parameters vae, NDManager manager, Path directory) {
        try (DiffusionPipeline pipeline =
                new DiffusionPipeline(models, half(policy, manager), half(vae, manager), "base", manager)) {
            pipeline.save(directory);
        }
    }

    private static Parameters half(Parameters parameters, NDManager manager) {
        Parameters half = new Parameters(manager);
        parameters.asMap().forEach((name, array) -> half.add(name, array.toType(DataType.FLOAT16, true)));
        return half;
    }

    /**
     * Trains the denoiser of a model on, with the plan's seed, scenes and steps; the autoencoder stays as it is.
     *
     * @param from directory of a model that was made here
     * @param directory where the model is written, with the record of all its runs
     */
    public PretrainRecord resume(Path from, Path directory) {
        long start = System.nanoTime();
        Torch.useThreads(1);
        try (NDManager manager = Torch.newManager();
                DiffusionPipeline before = DiffusionPipeline.load(from, "base", manager)) {
            PipelineModels models = before.models();
            LatentPool pool = encode(new VaeTraining(models.vae(), plan), before.vae(), models);
            Parameters policy;
            try (PolicyLease lease = before.borrow()) {
                policy = new DenoiserTraining(models, plan)
                        .train(lease.parameters().copy(manager), manager, pool, log);
            }
            List<PretrainRecord.Run> runs =
                    new ArrayList<>(PretrainRecord.read(from).runs());
            runs.add(PretrainRecord.Run.of(plan, start));
            PretrainRecord record =
                    new PretrainRecord(runs, policy.count() + before.vae().count());
            save(models, policy, before.vae(), manager, directory);
            record.write(directory);
            return record;
        }
    }

    private LatentPool encode(VaeTraining training, Parameters vae, PipelineModels models) {
        LatentPool pool = new LatentPool(plan.scenes(), models.latentShape());
        float scale = models.vae().config().scalingFactor().floatValue();
        int size = Math.toIntExact(models.latentShape().size());
        ExecutorService workers = Executors.newFixedThreadPool(plan.workers());
        try {
            List<Future<?>> parts = new ArrayList<>();
            for (int from = 0; from < plan.scenes(); from += ENCODED_AT_ONCE) {
                int first = from;
                int count = Math.min(ENCODED_AT_ONCE, plan.scenes() - from);
                parts.add(workers.submit(() -> {
                    Torch.useThreads(1);
                    SceneBatch batch = SceneBatch.draw(
                            count, plan.rates(), plan.weights(), Noise.generator(Noise.derive(plan.seed() + 3, first)));
                    float[] latents = training.encode(vae, batch.planes());
                    for (int i = 0; i < count; i++) {
                        float[] scaled = Arrays.copyOfRange(latents, i * size, (i + 1) * size);
                        for (int j = 0; j < size; j++) {
                            scaled[j] *= scale;
                        }
                        pool.put(first + i, scaled, batch.captions().get(i));
                    }
                }));
            }
            for (int i = 0; i < parts.size(); i++) {
                parts.get(i).get();
                log.step("latents", i, parts.size(), Double.NaN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while scenes were encoded", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Scenes could not be encoded", e.getCause());
        } finally {
            workers.shutdownNow();
        }
        return pool;
    }
}
