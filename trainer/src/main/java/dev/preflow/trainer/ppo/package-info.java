/** Policy gradients on denoising trajectories, by DDPO's importance-sampling form of PPO. Knows no Kafka. */
@NullMarked
package dev.preflow.trainer.ppo;

import org.jspecify.annotations.NullMarked;
