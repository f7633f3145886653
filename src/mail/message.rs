//! A mail as its reader gets it: plain text, and the same as simple HTML.

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// One address.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// The body for those who read plain text.
    pub text: String,
    /// The body as HTML; nothing in it is loaded from elsewhere.
    pub html: String,
}

/// A paragraph.
#[derive(Debug)]
pub enum Paragraph<'a> {
    /// Words.
    Text(&'a str),
    /// A link with what it does.
    Link {
        /// The words to press on.
        label: &'a str,
        /// Where it leads.
        url: &'a str,
    },
}

impl Message {
    /// A mail of these paragraphs.
    pub fn new(to: &str, subject: &str, paragraphs: &[Paragraph<'_>]) -> Self {
        let text: Vec<_> = paragraphs.iter().map(Paragraph::to_text).collect();
        let html: String = paragraphs.iter().map(Paragraph::to_html).collect();
        Self {
            to: to.to_owned(),
            subject: subject.to_owned(),
            text: text.join("\n\n") + "\n",
            html: format!(
                "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>\
                 </head><body>{html}</body></html>",
                escape(subject)
            ),
        }
    }
}

impl Paragraph<'_> {
    fn to_text(&self) -> String {
        match self {
            Self::Text(text) => (*text).to_owned(),
            Self::Link { label, url } => format!("{label}:\n{url}"),
        }
    }

    fn to_html(&self) -> String {
        match self {
            Self::Text(text) => format!("<p>{}</p>", escape(text)),
            Self::Link { label, url } => {
                format!("<p><a href=\"{}\">{}</a></p>", escape(url), escape(label))
            }
        }
    }
}

/// Text as HTML, also inside a quoted attribute.
fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut html, c| {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
        html
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_html_say_the_same() {
        let paragraphs = [
            Paragraph::Text("Hello"),
            Paragraph::Link {
                label: "Open",
                url: "https://example.org/#token=a.b",
            },
        ];
        let message = Message::new("anna@example.org", "Subject", &paragraphs);
        assert_eq!(
            message.text,
            "Hello\n\nOpen:\nhttps://example.org/#token=a.b\n"
        );
        assert!(message.html.contains("<p>Hello</p>"));
        assert!(
            message
                .html
                .contains("<a href=\"https://example.org/#token=a.b\">Open</a>")
        );
    }

    #[test]
    fn nothing_becomes_markup() {
        let evil = "\"'><script>alert(1)</script>&";
        let paragraphs = [
            Paragraph::Text(evil),
            Paragraph::Link {
                label: evil,
                url: evil,
            },
        ];
        let html = Message::new("a@example.org", evil, &paragraphs).html;
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("\"'>"), "{html}");
        assert_eq!(html.matches("&lt;script&gt;").count(), 4);
    }
}
