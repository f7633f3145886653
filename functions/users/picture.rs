//! Which pictures are taken, told by their first bytes, and where they lie.

use uuid::Uuid;

/// A kind of picture that browsers show and cannot run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
    /// GIF.
    Gif,
}

impl Picture {
    const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Webp, Self::Gif];

    /// What the bytes are, whatever anybody calls them.
    pub fn recognize(bytes: &[u8]) -> Option<Self> {
        let has = |at: usize, text: &[u8]| bytes.get(at..at + text.len()) == Some(text);
        if has(0, b"\x89PNG\r\n\x1a\n") && has(12, b"IHDR") {
            Some(Self::Png)
        } else if has(0, b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if has(0, b"RIFF") && has(8, b"WEBPVP8") {
            Some(Self::Webp)
        } else if has(0, b"GIF87a") || has(0, b"GIF89a") {
            Some(Self::Gif)
        } else {
            None
        }
    }

    /// The media type, the only one under which the picture is ever sent.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
        }
    }

    /// The end of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Gif => "gif",
        }
    }

    /// What a stored picture is.
    pub fn of_key(key: &str) -> Option<Self> {
        let extension = key.rsplit('.').next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|picture| picture.extension() == extension)
    }
}

/// Where the pictures of a user lie.
pub fn avatar_folder(user_id: &str) -> String {
    format!("avatars/{user_id}/")
}

/// A new place in the user's folder that nobody can guess, with the time in it.
pub fn avatar_key(user_id: &str, picture: Picture, now: i64) -> String {
    let folder = avatar_folder(user_id);
    let random = Uuid::new_v4().simple();
    format!("{folder}{now}-{random}.{}", picture.extension())
}

/// When the picture under this key was stored.
pub fn stored_at(key: &str) -> Option<i64> {
    let name = key.rsplit('/').next()?;
    name.split('-').next()?.parse().ok()
}

/// What distinguishes this picture from the user's earlier ones, fit for an address.
pub fn version_of(key: &str) -> &str {
    let name = key.rsplit('/').next().unwrap_or_default();
    name.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_are_pictures() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0";
        assert_eq!(Picture::recognize(png), Some(Picture::Png));
        assert_eq!(Picture::recognize(b"\xff\xd8\xff\xe0"), Some(Picture::Jpeg));
        assert_eq!(
            Picture::recognize(b"RIFF\x10\0\0\0WEBPVP8L"),
            Some(Picture::Webp)
        );
        assert_eq!(Picture::recognize(b"GIF89a<script>"), Some(Picture::Gif));
        for other in [
            &b""[..],
            b"\x89PNG",
            b"\x89PNG\r\n\x1a\n<html><script>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"<!doctype html>",
            b"\n\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            b"RIFF\x10\0\0\0WAVEfmt ",
            b"BM",
            b"%PDF-1.7",
        ] {
            assert_eq!(Picture::recognize(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_key_tells_what_and_when() {
        let key = avatar_key("u", Picture::Webp, 1234);
        assert!(key.starts_with("avatars/u/1234-"));
        assert_eq!(Picture::of_key(&key), Some(Picture::Webp));
        assert_eq!(stored_at(&key), Some(1234));
        assert!(version_of(&key).starts_with("1234-"));
        assert!(!version_of(&key).contains('.'));
    }
}
