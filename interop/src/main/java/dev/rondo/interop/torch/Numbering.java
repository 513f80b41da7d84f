package dev.rondo.interop.torch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The numbers in the names of modules: `0`, `2` of an nn.Sequential, or `fc1`, `fc3`. A number that is left out is a module without
/// weights.
final class Numbering {
    private static final Pattern NUMBERED = Pattern.compile("(.*?)(\\d{1,9})");
    /// Longer names, which no program has, would make as many keys as they have dots.
    private static final int LONGEST_NAME = 1 << 10;

    private Numbering() {}

    /// Modules that are not in the file although numbers are kept free for them.
    ///
    /// @param missing their names, such as `'1'` or `'1' to '3'`
    /// @param before the module that comes after them
    record Gap(String missing, String before) {}

    /// The gaps, in the order of the names. An nn.Sequential counts from 0, other names from wherever they begin.
    static List<Gap> gaps(List<TorchModule> modules) {
        Map<String, TreeMap<Integer, String>> siblings = new LinkedHashMap<>();
        for (TorchModule module : modules) {
            String path = "";
            String[] parts = module.name().length() > LONGEST_NAME ? new String[0] : module.name().split("\\.");
            for (String part : parts) {
                Matcher numbered = NUMBERED.matcher(part);
                if (numbered.matches()) {
                    siblings.computeIfAbsent(path + numbered.group(1), _ -> new TreeMap<>())
                            .putIfAbsent(Integer.parseInt(numbered.group(2)), module.name());
                }
                path += part + ".";
            }
        }
        List<Gap> gaps = new ArrayList<>();
        siblings.forEach((name, numbers) -> {
            boolean container = name.isEmpty() || name.endsWith(".");
            int next = container ? 0 : numbers.firstKey();
            for (var number : numbers.entrySet()) {
                int last = number.getKey() - 1;
                if (next <= last) {
                    gaps.add(new Gap("'" + name + next + "'" + (next == last ? "" : " to '" + name + last + "'"),
                            number.getValue()));
                }
                next = number.getKey() + 1;
            }
        });
        return gaps;
    }

    /// The name without its numbers, the same for modules that are counted.
    static String stem(TorchModule module) {
        return module.name().replaceAll("\\d+", "#");
    }
}
