package io.github.httpebpf.exporter;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A size that a ring buffer may have: a power of two, and whole pages. */
record BufferSize(int octets) {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})([KM])iB");
  private static final int KIB = 1024;

  /** One page, where they are largest. */
  private static final long LEAST = 64L * KIB;

  private static final long MOST = 1024L * KIB * KIB;

  /** Reads {@code 512KiB}, {@code 4MiB}. */
  static final class Converter implements ITypeConverter<BufferSize> {

    @Override
    public BufferSize convert(String text) {
      Matcher matcher = FORM.matcher(text);
      if (matcher.matches()) {
        long unit = matcher.group(2).equals("K") ? KIB : (long) KIB * KIB;
        long size = Long.parseLong(matcher.group(1)) * unit;
        if (size >= LEAST && size <= MOST && Long.bitCount(size) == 1) {
          return new BufferSize((int) size);
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is not a power of two from 64KiB to 1024MiB, such as 512KiB or 4MiB");
    }
  }
}
