package dev.preflow.demo.render;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Many pictures on one page, each with a caption. */
public final class ContactSheet {
    private static final Logger LOG = LoggerFactory.getLogger(ContactSheet.class);
    private static final int GAP = 6;
    private static final int LINE = 11;
    private static final int CAPTION_LINES = 3;

    private final int columns;
    private final int cell;

    /**
     * Sheets of the given form.
     *
     * @param columns pictures in a row
     * @param cell width and height that a picture is shown in, in pixels
     */
    public ContactSheet(int columns, int cell) {
        this.columns = columns;
        this.cell = cell;
    }

    /**
     * A picture of the page.
     *
     * @param image the picture
     * @param caption up to three lines; what is too long is cut
     */
    public record Entry(BufferedImage image, String caption) {}

    /** The page as a picture. */
    public BufferedImage draw(List<Entry> entries) {
        int rows = (entries.size() + columns - 1) / columns;
        int height = cell + CAPTION_LINES * LINE + GAP;
        BufferedImage sheet = new BufferedImage(
                GAP + columns * (cell + GAP), GAP + Math.max(1, rows) * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
            graphics.setColor(Color.BLACK);
            graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, LINE - 2));
            boolean captions = hasFonts(graphics);
            for (int i = 0; i < entries.size(); i++) {
                draw(graphics, entries.get(i), captions, GAP + i % columns * (cell + GAP), GAP + i / columns * height);
            }
        } finally {
            graphics.dispose();
        }
        return sheet;
    }

    /** The page as a PNG file's bytes. */
    public byte[] png(List<Entry> entries) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(draw(entries), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot encode the contact sheet as PNG", e);
        }
        return out.toByteArray();
    }

    /** A bare machine may have no font at all, and then Java fails in various ways at the first letter. */
    private static boolean hasFonts(Graphics2D graphics) {
        try {
            return graphics.getFontMetrics().stringWidth("a") > 0;
        } catch (RuntimeException | LinkageError | InternalError e) {
            LOG.warn(
                    "This machine has no fonts (install fontconfig and one font): contact sheets come without captions",
                    e);
            return false;
        }
    }

    private void draw(Graphics2D graphics, Entry entry, boolean captions, int x, int y) {
        graphics.drawImage(entry.image(), x, y, cell, cell, null);
        if (!captions) {
            return;
        }
        graphics.setClip(x, y + cell, cell, CAPTION_LINES * LINE);
        String[] lines = entry.caption().split("\n");
        for (int line = 0; line < Math.min(CAPTION_LINES, lines.length); line++) {
            graphics.drawString(lines[line], x, y + cell + (line + 1) * LINE - 2);
        }
        graphics.setClip(null);
    }
}
