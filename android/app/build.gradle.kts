// F-Droid's build of the app: ./gradlew :app:assembleRelease -Pabi=arm64-v8a. Versions are compared with pom.xml by
// tools/same-as-gradle.
import javax.inject.Inject
import org.gradle.process.ExecOperations

plugins {
    id("com.android.application")
}

val version = "0.1.0"
val abi = providers.gradleProperty("abi").getOrElse("arm64-v8a")

android {
    namespace = "org.treffmeet.treff"
    compileSdk = 35
    ndkVersion = "28.2.13676358"

    defaultConfig {
        applicationId = "org.treffmeet.treff"
        minSdk = 26
        targetSdk = 35
        versionName = version
        versionCode = providers.exec { commandLine("bash", "$rootDir/tools/package/version-code", version, abi) }
            .standardOutput.asText.get().trim().toInt()
        ndk { abiFilters += abi }
    }
    buildTypes {
        release {
            isMinifyEnabled = true
            proguardFiles("../r8.pro")
            vcsInfo.include = false
        }
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    // Libraries are mapped from the APK, at 16 KiB offsets.
    packaging { jniLibs { useLegacyPackaging = false } }
    dependenciesInfo {
        includeInApk = false
        includeInBundle = false
    }
}

dependencies {
    implementation("org.jetbrains.kotlin:kotlin-stdlib:2.4.21")
    implementation("net.java.dev.jna:jna:5.19.1@aar")
}

/** Builds the core with the NDK, writes its Kotlin side from the same library, and resources from the tokens. */
abstract class BuildCore @Inject constructor(private val processes: ExecOperations) : DefaultTask() {
    @get:Input abstract val abi: Property<String>
    @get:Input abstract val ndk: Property<String>
    @get:Internal abstract val root: DirectoryProperty
    @get:OutputDirectory abstract val libraries: DirectoryProperty
    @get:OutputDirectory abstract val bindings: DirectoryProperty
    @get:OutputDirectory abstract val resources: DirectoryProperty

    init {
        // Cargo knows better what has changed.
        outputs.upToDateWhen { false }
    }

    @TaskAction
    fun build() {
        val top = root.get().asFile
        val switches = top.resolve("android/sqlite-flags").readLines().filterNot { it.startsWith("#") }.joinToString(" ")
        processes.exec {
            workingDir(top)
            environment("ANDROID_NDK_HOME", ndk.get())
            environment("LIBSQLITE3_FLAGS", switches)
            commandLine(
                "fdroid/stable-paths", "cargo", "ndk", "--target", abi.get(), "--platform", "26",
                "--output-dir", libraries.get().asFile.path, "build", "--locked", "-p", "treff-ffi", "--lib", "--profile", "android",
            )
        }
        processes.exec {
            workingDir(top)
            commandLine(
                "cargo", "run", "--locked", "-p", "treff-bindgen", "--", "generate",
                libraries.file("${abi.get()}/libtreff_ffi.so").get().asFile.path, "--config", "bindings/kotlin.toml",
                "--language", "kotlin", "--no-format", "--out-dir", bindings.get().asFile.path,
            )
        }
        processes.exec {
            workingDir(top)
            commandLine("cargo", "run", "--locked", "-p", "treff-design", "--", "android", resources.get().asFile.path)
        }
    }
}

androidComponents {
    onVariants { variant ->
        val core = tasks.register<BuildCore>("build${variant.name.replaceFirstChar { it.uppercase() }}Core") {
            abi = project.findProperty("abi")?.toString() ?: "arm64-v8a"
            ndk = sdkComponents.ndkDirectory.map { it.asFile.path }
            root = rootProject.layout.projectDirectory.dir("..")
        }
        variant.sources.jniLibs?.addGeneratedSourceDirectory(core, BuildCore::libraries)
        variant.sources.res?.addGeneratedSourceDirectory(core, BuildCore::resources)
        variant.sources.kotlin?.addGeneratedSourceDirectory(core, BuildCore::bindings)
    }
}
