//! Compiles the door to dav1d against the installed headers and links the library.

fn main() -> Result<(), pkg_config::Error> {
    println!("cargo::rerun-if-changed=src/av1/dav1d.c");
    let dav1d = pkg_config::Config::new().atleast_version("1.0").probe("dav1d")?;
    cc::Build::new().file("src/av1/dav1d.c").includes(dav1d.include_paths).std("c11").compile("treff_av1");
    Ok(())
}
