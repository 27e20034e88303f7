package io.github.httpebpf.exporter;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rules that hold the house together. */
@AnalyzeClasses(packages = "io.github.httpebpf", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "io.github.httpebpf.exporter";
  private static final String BPF = "io.github.httpebpf.exporter.bpf..";
  private static final String METRICS = "io.github.httpebpf.exporter.metrics..";
  private static final String TRACE = "io.github.httpebpf.exporter.trace..";
  private static final String CONFIG = "io.github.httpebpf.exporter.config..";
  private static final String BINDINGS = "io.github.httpebpf.libbpf..";

  @ArchTest
  static final ArchRule only_bpf_touches_native_memory =
      noClasses()
          .that()
          .resideOutsideOfPackages(BPF, BINDINGS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.lang.foreign..", BINDINGS);

  @ArchTest
  static final ArchRule metrics_know_nothing_of_bpf =
      noClasses()
          .that()
          .resideInAPackage(METRICS)
          .should()
          .dependOnClassesThat(resideInAPackage(BPF));

  @ArchTest
  static final ArchRule requests_know_nothing_of_where_they_come_from =
      noClasses()
          .that()
          .resideInAPackage(TRACE)
          .should()
          .dependOnClassesThat(resideInAPackage(BPF));

  @ArchTest
  static final ArchRule bpf_knows_nothing_of_prometheus =
      noClasses()
          .that()
          .resideInAPackage(BPF)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.prometheus..");

  @ArchTest
  static final ArchRule only_config_reads_yaml =
      noClasses()
          .that()
          .resideOutsideOfPackage(CONFIG)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.snakeyaml..");

  @ArchTest
  static final ArchRule config_knows_nothing_but_files =
      noClasses()
          .that()
          .resideInAPackage(CONFIG)
          .should()
          .dependOnClassesThat(resideInAPackage(BPF).or(resideInAPackage(METRICS)));

  @ArchTest
  static final ArchRule nothing_depends_on_the_command_line =
      noClasses()
          .that(not(resideInAPackage(ROOT)))
          .should()
          .dependOnClassesThat(resideInAPackage(ROOT).or(resideInAPackage("picocli..")));

  @ArchTest
  static final ArchRule packages_have_no_cycles =
      slices().matching("io.github.httpebpf.(exporter.*|libbpf)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule only_main_exits =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(Main.class.getName())
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class);

  @ArchTest
  static final ArchRule only_termination_halts =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(Termination.class.getName())
          .should()
          .callMethod(Runtime.class, "halt", int.class);
}
