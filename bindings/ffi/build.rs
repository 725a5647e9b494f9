//! Reads the door's vocabulary from the core's sources and declares each type to uniffi as a remote one.
//!
//! So the bindings have no copy of the door that could fall behind: a field or a variant that the core gains is in the
//! Kotlin of the next build, and a type that uniffi cannot carry, or that the core does not export, does not compile.

use std::path::{Path, PathBuf};
use std::{env, fs};

use quote::{ToTokens, quote};
use syn::{Attribute, Fields, Item, Visibility};

const DOOR: &str = "../../core/app/src/door";
const CODEC: &str = "../../core/media/src/codec.rs";

fn main() {
    println!("cargo:rerun-if-changed={DOOR}");
    println!("cargo:rerun-if-changed={CODEC}");
    let mut files: Vec<PathBuf> = fs::read_dir(DOOR)
        .expect("the core stands beside the bindings")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();

    let mut written = String::new();
    let mut names = Vec::new();
    for item in files.iter().flat_map(|file| items(file)) {
        names.extend(declare(item, &mut written));
    }
    let codec = items(Path::new(CODEC))
        .into_iter()
        .find(|item| matches!(item, Item::Enum(codec) if codec.ident == "VideoCodec"))
        .expect("the media core has the codecs");
    declare(codec, &mut written);
    let imports = quote! {
        use treff_app::{#(#names),*};
        use treff_media::codec::VideoCodec;
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names a folder"));
    fs::write(out.join("door.rs"), format!("{imports}\n{written}")).expect("a writable folder");
}

fn items(file: &Path) -> Vec<Item> {
    let text = fs::read_to_string(file).expect("a readable source file");
    syn::parse_file(&text).expect("the core compiles").items
}

/// Writes the declaration of a public type of the door, and gives its name.
fn declare(item: Item, written: &mut String) -> Option<syn::Ident> {
    let (kind, declaration, name) = match item {
        Item::Struct(mut record) if matches!(record.vis, Visibility::Public(_)) => {
            keep_known(&mut record.attrs);
            keep_known_fields(&mut record.fields);
            (quote!(Record), record.to_token_stream(), record.ident)
        }
        Item::Enum(mut choice) if matches!(choice.vis, Visibility::Public(_)) => {
            keep_known(&mut choice.attrs);
            for variant in &mut choice.variants {
                keep_known(&mut variant.attrs);
                keep_known_fields(&mut variant.fields);
            }
            (quote!(Enum), choice.to_token_stream(), choice.ident)
        }
        _ => return None,
    };
    written.push_str(&quote! { #[uniffi::remote(#kind)] #declaration }.to_string());
    written.push('\n');
    Some(name)
}

fn keep_known_fields(fields: &mut Fields) {
    for field in fields {
        keep_known(&mut field.attrs);
    }
}

/// Words and openness to more variants matter to uniffi; serde, derives and the like do not.
fn keep_known(attributes: &mut Vec<Attribute>) {
    attributes.retain(|a| a.path().is_ident("doc") || a.path().is_ident("non_exhaustive"));
}
