package io.github.httpebpf.exporter.it;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Needs root and a bpf file system: skipped without them, with the reason; a failure in CI. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KernelTest.Condition.class)
public @interface KernelTest {

  /** Decides by the user id; what a capability more or less does is for the scenarios. */
  final class Condition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String missing = missing();
      if (missing.isEmpty()) {
        return ConditionEvaluationResult.enabled("root");
      }
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException("CI=true, but " + missing);
      }
      return ConditionEvaluationResult.disabled(missing + "; run bin/test with sudo");
    }

    private static String missing() {
      try {
        int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        return uid == 0 ? "" : "not root";
      } catch (IOException e) {
        return "/proc is not readable: " + e.getMessage();
      }
    }
  }
}
