package dev.rondo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// What holds across modules: this one has every published module on its class path.
@AnalyzeClasses(packages = "dev.rondo", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleBoundaryTest {
    private static final String[] CORE = {"dev.rondo.tensor..", "dev.rondo.internal..", "dev.rondo.op..",
            "dev.rondo.tape..", "dev.rondo.nn..", "dev.rondo.loss..", "dev.rondo.optim..", "dev.rondo.metric..",
            "dev.rondo.data..", "dev.rondo.train..", "dev.rondo.infer..", "dev.rondo.io.."};

    /// Benchmarks and rooflines measure the kernels themselves.
    private static final String BENCHMARKS = "dev.rondo.bench..";

    @ArchTest
    static final ArchRule INTERNALS_BELONG_TO_CORE = noClasses().that().resideOutsideOfPackages(CORE)
            .and().resideOutsideOfPackage(BENCHMARKS)
            .should().dependOnClassesThat().resideInAPackage("dev.rondo.internal..");

    @ArchTest
    static final ArchRule NOTHING_KNOWS_THE_COMMAND_LINE = noClasses().that().resideOutsideOfPackage("dev.rondo.cli..")
            .should().dependOnClassesThat().resideInAPackage("dev.rondo.cli..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule ONLY_PROGRAMS_KNOW_INTEROP = noClasses()
            .that().resideOutsideOfPackages("dev.rondo.interop..", "dev.rondo.cli..")
            .should().dependOnClassesThat().resideInAPackage("dev.rondo.interop..");

    /// Keras, PyTorch and the others know the engine, not each other.
    @ArchTest
    static final ArchRule FORMATS_DO_NOT_KNOW_EACH_OTHER = slices().matching("dev.rondo.interop.(*)..")
            .should().notDependOnEachOther();

    @ArchTest
    static final ArchRule NO_CYCLES_BETWEEN_PACKAGES = slices().matching("dev.rondo.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS = noClasses().should()
            .haveNameMatching(".*(Impl|Helper|Manager|Utils?)(\\$.*)?");
}
