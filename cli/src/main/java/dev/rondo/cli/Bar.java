package dev.rondo.cli;

/// Shares as bars of text.
final class Bar {
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

    private Bar() {}

    /// A bar of `width` columns, of which a share is filled, in steps of an eighth of a column.
    static String of(double share, int width) {
        int eighths = (int) Math.round(Math.clamp(share, 0, 1) * width * 8);
        String full = "█".repeat(eighths / 8);
        String part = eighths % 8 == 0 ? "" : EIGHTHS.substring(eighths % 8, eighths % 8 + 1);
        return full + part + " ".repeat(width - full.length() - part.length());
    }

    /// A share in percent, `97.3 %`, never rounded to the whole or to nothing.
    static String percent(double share) {
        if (share > 0 && share < 0.0005) {
            return "<0.1 %";
        }
        if (share < 1 && share > 0.9995) {
            return ">99.9 %";
        }
        return "%.1f %%".formatted(100 * share);
    }

    /// A text cut to so many characters, on one line.
    static String shortened(String text, int length) {
        String line = text.strip().replaceAll("[\\p{Cntrl}\\s]+", " ");
        if (line.length() <= length) {
            return line;
        }
        int end = length - 1;
        if (Character.isHighSurrogate(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(0, end).stripTrailing() + "…";
    }
}
