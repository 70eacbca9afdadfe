package dev.preflow.models.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Activation checkpointing (Chen et al. 2016): blocks are run without recording, and only their inputs and outputs are kept;
 * the backward pass runs each again to record it. It takes the memory of one block's activations instead of all, for one
 * more forward pass, and the gradients are the same.
 *
 * <pre>{@code
 * Execution blocks = new Recomputation();
 * NDArray output = network(..., blocks);
 * Autograd.backward(loss(output));
 * blocks.backward();
 * }</pre>
 *
 * <p>For one thread and one pass. The loss may be computed from the last block's output only, and what goes from block to
 * block must be the very arrays that {@link #run} returned.
 */
public final class Recomputation implements Execution {

    private static final TorchScript PRODUCTS = TorchScript.compile("""
              def sum(self: __torch__.M, x: List[Tensor], g: List[Tensor]) -> Tensor:
                p = annotate(List[Tensor], [])
                for i in range(torch.len(x)):
                  _0 = torch.append(p, torch.sum(torch.mul(x[i], g[i])))
                return torch.sum(torch.stack(p))
            """);

    private final Deque<Run> runs = new ArrayDeque<>();
    /** Of outputs of blocks, and of inputs that a graph outside reaches. */
    private final Map<NDArray, NDArray> gradients = new IdentityHashMap<>();

    private record Run(Block block, NDArray[] inputs, NDArray output) {}

    @Override
    public NDArray run(Block block, NDArray... inputs) {
        NDArray output;
        try (Autograd off = Autograd.disabled()) {
            output = SCOPED.run(block, inputs);
        }
        // A leaf, where the gradient of what follows the last block arrives.
        output.setRequiresGradient(true);
        runs.push(new Run(block, inputs.clone(), output));
        return output;
    }

    /** Adds the gradients of the blocks' parameters, and of what the inputs from outside were computed from. */
    @Override
    public void backward() {
        if (runs.isEmpty()) {
            throw new IllegalStateException("No block was run: there is nothing to differentiate");
        }
        gradients.put(runs.element().output(), runs.element().output().getGradient());
        while (!runs.isEmpty()) {
            Run run = runs.pop();
            NDArray gradient = gradients.remove(run.output());
            if (gradient != null) {
                try (gradient) {
                    recompute(run, gradient);
                }
            }
        }
        backwardOutside();
    }

    private void recompute(Run run, NDArray gradient) {
        NDManager outer = run.output().getManager();
        try (NDManager scope = outer.newSubManager();
                Autograd on = Autograd.enabled()) {
            List<NDArray> leaves = new ArrayList<>();
            for (NDArray input : run.inputs()) {
                NDArray leaf = input.stopGradient();
                leaf.attach(scope);
                leaf.setRequiresGradient(Autograd.isRecorded(input));
                leaves.add(leaf);
            }
            NDArray output = run.block().forward(leaves);
            if (Autograd.isRecorded(output)) {
                Autograd.backward(output, gradient);
                for (int i = 0; i < leaves.size(); i++) {
                    if (leaves.get(i).hasGradient()) {
                        add(run.inputs()[i], leaves.get(i).getGradient(), outer);
                    }
                }
            }
        }
    }

    private void add(NDArray input, NDArray gradient, NDManager outer) {
        NDArray sum = gradients.get(input);
        if (sum == null) {
            gradient.attach(outer);
            gradients.put(input, gradient);
        } else {
            try (gradient;
                    Autograd off = Autograd.disabled()) {
                sum.addi(gradient);
            }
        }
    }

    /** One pass for all of them, for their graphs may share parts: the products' gradients are the given ones. */
    private void backwardOutside() {
        if (gradients.isEmpty()) {
            return;
        }
        List<NDArray> inputs = List.copyOf(gradients.keySet());
        List<NDArray> given = inputs.stream().map(gradients::get).toList();
        try (NDManager scope = inputs.get(0).getManager().newSubManager();
                Autograd on = Autograd.enabled()) {
            Autograd.backward(PRODUCTS.callOnList(scope, "sum", inputs, given));
        }
        gradients.values().forEach(NDArray::close);
        gradients.clear();
    }
}
