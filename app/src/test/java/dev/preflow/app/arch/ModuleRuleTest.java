package dev.preflow.app.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Each module is one room of the data's way: it imports only rooms above it, and the stages meet on topics alone. */
@AnalyzeClasses(packages = "dev.preflow", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleRuleTest {

    private static final String[] ALL = {
        "schemas", "broker", "stream", "models", "producers", "annotators", "scorer", "trainer", "demo", "app"
    };

    @ArchTest
    static final ArchRule schemasImportNothing = only("schemas");

    @ArchTest
    static final ArchRule brokerImportsNothing = only("broker");

    @ArchTest
    static final ArchRule streamImportsSchemas = only("stream", "schemas");

    @ArchTest
    static final ArchRule modelsImportNothing = only("models");

    @ArchTest
    static final ArchRule producersImportStreamAndModels = only("producers", "schemas", "stream", "models");

    @ArchTest
    static final ArchRule annotatorsImportStream = only("annotators", "schemas", "stream");

    @ArchTest
    static final ArchRule scorerImportsStreamAndModels = only("scorer", "schemas", "stream", "models");

    @ArchTest
    static final ArchRule trainerImportsStreamAndModels = only("trainer", "schemas", "stream", "models");

    @ArchTest
    static final ArchRule demoImportsModels = only("demo", "models");

    @ArchTest
    static final ArchRule modelsKnowNeitherKafkaNorVertx = noClasses()
            .that()
            .resideInAPackage("dev.preflow.models..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "io.vertx..");

    @ArchTest
    static final ArchRule schemasKnowNeitherKafkaNorVertx = noClasses()
            .that()
            .resideInAPackage("dev.preflow.schemas..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "io.vertx..");

    @ArchTest
    static final ArchRule nothingMultipliesArraysByJavasNumbers = noClasses()
            .should()
            .callMethod(NDArray.class, "mul", Number.class)
            .orShould()
            .callMethod(NDArray.class, "div", Number.class)
            .orShould()
            .callMethod(NDArray.class, "pow", Number.class)
            .because("the backward pass reads the number after Java may have freed it: use Ops.scale");

    private static ArchRule only(String module, String... imported) {
        List<String> forbidden = new ArrayList<>(Arrays.asList(ALL));
        forbidden.remove(module);
        forbidden.removeAll(Arrays.asList(imported));
        return noClasses()
                .that()
                .resideInAPackage("dev.preflow." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden.stream()
                        .map(name -> "dev.preflow." + name + "..")
                        .toArray(String[]::new))
                .allowEmptyShould(true);
    }
}
