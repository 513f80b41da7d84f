package dev.rondo;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Properties;

/// The floors of the library: tensor, kernel, op, tape, nn, then everything that trains, runs or stores a model.
/// A package uses only what stands below it, and the JDK; what it may use of rondo is listed here in full.
@AnalyzeClasses(packages = "dev.rondo", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "dev.rondo";
    private static final String TENSOR = "dev.rondo.tensor..";
    private static final String KERNEL = "dev.rondo.internal.kernel..";
    private static final String PARALLEL = "dev.rondo.internal.parallel..";
    private static final String OP = "dev.rondo.op..";
    private static final String TAPE = "dev.rondo.tape..";
    private static final String NN = "dev.rondo.nn..";

    @ArchTest
    static final ArchRule TENSOR_KNOWS_ONLY_ITSELF = floor(TENSOR);

    @ArchTest
    static final ArchRule KERNELS_KNOW_ARRAYS = floor(KERNEL, TENSOR);

    @ArchTest
    static final ArchRule WORKERS_KNOW_KERNELS = floor(PARALLEL, KERNEL, TENSOR);

    @ArchTest
    static final ArchRule OPS_KNOW_SHAPES_AND_KERNELS = floor(OP, KERNEL, PARALLEL, TENSOR);

    @ArchTest
    static final ArchRule TAPE_KNOWS_OPS = floor(TAPE, OP, KERNEL, PARALLEL, TENSOR);

    @ArchTest
    static final ArchRule LAYERS_KNOW_THE_TAPE = floor(NN, TAPE, OP, KERNEL, PARALLEL, TENSOR);

    @ArchTest
    static final ArchRule LAYERS_AND_BELOW_DO_NOT_KNOW_WHO_USES_THEM = noClasses().that()
            .resideInAnyPackage(TENSOR, KERNEL, PARALLEL, OP, TAPE, NN)
            .should().dependOnClassesThat()
            .resideInAnyPackage("dev.rondo.loss..", "dev.rondo.optim..", "dev.rondo.metric..", "dev.rondo.data..",
                    "dev.rondo.train..", "dev.rondo.infer..", "dev.rondo.io..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule TRAINING_PARTS_DO_NOT_KNOW_THE_TRAINER = noClasses().that()
            .resideInAnyPackage("dev.rondo.loss..", "dev.rondo.optim..", "dev.rondo.metric..", "dev.rondo.data..")
            .should().dependOnClassesThat()
            .resideInAnyPackage("dev.rondo.train..", "dev.rondo.infer..", "dev.rondo.io..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule CORE_KNOWS_NO_MODULE_ABOVE_IT = classes().that().resideInAPackage("dev.rondo..")
            .should().onlyDependOnClassesThat()
            .resideInAnyPackage(ROOT, TENSOR, "dev.rondo.internal..", OP, TAPE, NN, "dev.rondo.loss..",
                    "dev.rondo.optim..", "dev.rondo.metric..", "dev.rondo.data..", "dev.rondo.train..",
                    "dev.rondo.infer..", "dev.rondo.io..", "java..", "jdk.incubator.vector..", "org.jspecify..",
                    "tools.jackson..", "com.fasterxml.jackson..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule VECTORS_STAY_IN_KERNELS = noClasses().that().resideOutsideOfPackage(KERNEL)
            .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule JSON_STAYS_IN_IO = noClasses().that().resideOutsideOfPackage("dev.rondo.io..")
            .should().dependOnClassesThat().resideInAnyPackage("tools.jackson..", "com.fasterxml.jackson..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule NO_CYCLES_BETWEEN_PACKAGES = slices().matching("dev.rondo.(**)")
            .should().beFreeOfCycles()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS = noClasses()
            .should().haveNameMatching(".*(Impl|Helper|Manager|Utils?)(\\$.*)?")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule PROPERTIES_BELONG_TO_THE_PROGRAM = noClasses()
            .should().callMethod(System.class, "setProperty", String.class, String.class)
            .orShould().callMethod(System.class, "setProperties", Properties.class)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule EXIT_BELONGS_TO_THE_PROGRAM = noClasses()
            .should().callMethod(System.class, "exit", int.class)
            .orShould().callMethod(Runtime.class, "exit", int.class)
            .orShould().callMethod(Runtime.class, "halt", int.class)
            .allowEmptyShould(true);

    /// Of rondo's own packages, `floor` may use itself and the ones `below`.
    private static ArchRule floor(String floor, String... below) {
        var above = resideInAPackage("dev.rondo..").and(not(resideInAnyPackage(below)))
                .and(not(resideInAPackage(floor)))
                .as("are of rondo but neither in %s nor below it", floor);
        return noClasses().that().resideInAPackage(floor).should().dependOnClassesThat(above).allowEmptyShould(true);
    }
}
