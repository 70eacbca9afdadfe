package dev.preflow.bench;

import dev.preflow.demo.judge.Aspect;
import dev.preflow.demo.judge.AspectRating;
import dev.preflow.demo.judge.SceneJudge;
import dev.preflow.demo.judge.Verdict;
import dev.preflow.demo.scene.ScenePrompt;
import dev.preflow.models.image.RgbImage;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The images of a prompt with the scene judge's opinions, before they are rounded.
 *
 * @param prompt the words
 * @param images 64×64
 * @param scores of each image, by aspect
 */
record RatedGroup(String prompt, List<RgbImage> images, List<double[]> scores) {
    static final int ASPECTS = Aspect.values().length;
    private static final int SIDE = 64;

    static RatedGroup judged(ScenePrompt prompt, List<RgbImage> images) {
        SceneJudge judge = new SceneJudge();
        List<double[]> scores = new ArrayList<>();
        for (RgbImage image : images) {
            Verdict verdict = judge.judge(prompt.spec(), image.toBufferedImage());
            double[] own = new double[ASPECTS];
            for (Aspect aspect : Aspect.values()) {
                own[aspect.ordinal()] = verdict.of(aspect).score();
            }
            scores.add(own);
        }
        return new RatedGroup(prompt.text(), images, scores);
    }

    /** The whole ratings of each image, by aspect, of a judge that is as inconsistent as the demo's. */
    int[][] ratings(double noise, RandomGenerator random) {
        int[][] ratings = new int[images.size()][ASPECTS];
        for (int i = 0; i < ratings.length; i++) {
            for (int a = 0; a < ASPECTS; a++) {
                ratings[i][a] = AspectRating.rating(scores.get(i)[a] + noise * random.nextGaussian());
            }
        }
        return ratings;
    }

    void write(DataOutputStream out) throws IOException {
        out.writeUTF(prompt);
        out.writeInt(images.size());
        for (int i = 0; i < images.size(); i++) {
            out.write(images.get(i).planes());
            for (double score : scores.get(i)) {
                out.writeDouble(score);
            }
        }
    }

    static RatedGroup read(DataInputStream in) throws IOException {
        String prompt = in.readUTF();
        int size = in.readInt();
        List<RgbImage> images = new ArrayList<>();
        List<double[]> scores = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            byte[] planes = new byte[3 * SIDE * SIDE];
            in.readFully(planes);
            images.add(new RgbImage(SIDE, SIDE, planes));
            double[] own = new double[ASPECTS];
            for (int a = 0; a < ASPECTS; a++) {
                own[a] = in.readDouble();
            }
            scores.add(own);
        }
        return new RatedGroup(prompt, images, scores);
    }
}
