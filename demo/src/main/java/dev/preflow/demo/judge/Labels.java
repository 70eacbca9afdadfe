package dev.preflow.demo.judge;

/** Connected components. */
final class Labels {
    private Labels() {}

    /**
     * Labels the four-connected components of a mask.
     *
     * @param labels receives 0 outside the mask and 1 to n inside
     * @return n
     */
    static int fill(boolean[] mask, int side, int[] labels) {
        int[] stack = new int[mask.length];
        int count = 0;
        for (int start = 0; start < mask.length; start++) {
            if (!mask[start] || labels[start] != 0) {
                continue;
            }
            labels[start] = ++count;
            int top = 0;
            stack[top++] = start;
            while (top > 0) {
                int i = stack[--top];
                int x = i % side;
                top = push(mask, labels, count, stack, top, x > 0 ? i - 1 : -1);
                top = push(mask, labels, count, stack, top, x < side - 1 ? i + 1 : -1);
                top = push(mask, labels, count, stack, top, i - side);
                top = push(mask, labels, count, stack, top, i + side < mask.length ? i + side : -1);
            }
        }
        return count;
    }

    private static int push(boolean[] mask, int[] labels, int label, int[] stack, int top, int i) {
        if (i < 0 || !mask[i] || labels[i] != 0) {
            return top;
        }
        labels[i] = label;
        stack[top] = i;
        return top + 1;
    }

    /** The number of pixels of each label, with the unlabelled at 0. */
    static int[] sizes(int[] labels, int count) {
        int[] sizes = new int[count + 1];
        for (int label : labels) {
            sizes[label]++;
        }
        return sizes;
    }
}
