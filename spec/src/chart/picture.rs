//! Charts as one SVG picture, light or dark as its reader has it.

use alloc::string::String;
use core::fmt::Write as _;

use super::{Chart, Row, What};

/// From one lifeline to the next, in pixels, at least.
const PITCH: usize = 92;
/// From one row to the next.
const ROW: usize = 26;
/// Around everything.
const MARGIN: usize = 20;
/// From the title to the names, and from these to the first row.
const HEAD: usize = 34;
/// Room for one character; no font that is likely to be there is wider on average.
const CHARACTER: usize = 7;
/// Between two charts.
const GAP: usize = 18;

/// Colours and fonts. Everything is said twice instead of by variables, which not every program
/// that shows SVG knows.
const STYLE: &str = "
.dsboot-chart text{font:13px/1 system-ui,'Segoe UI','DejaVu Sans',sans-serif;fill:#1f2328}
.dsboot-chart .paper{fill:#fff}
.dsboot-chart .title{font-size:15px;font-weight:600}
.dsboot-chart .name{font-weight:600;text-anchor:middle}
.dsboot-chart .box{fill:#f0f3f6;stroke:#8c959f}
.dsboot-chart .life{stroke:#c4cbd2;stroke-dasharray:3 3}
.dsboot-chart .stamp{fill:#59636e;text-anchor:end;font-variant-numeric:tabular-nums}
.dsboot-chart .line{fill:none;stroke-width:1.6}
.dsboot-chart .badge{font-size:11px;font-weight:600;text-anchor:middle;fill:#fff}
.dsboot-chart .access .line{stroke:#0969da}.dsboot-chart .access .fill{fill:#0969da}
.dsboot-chart .registration .line{stroke:#1a7f37}.dsboot-chart .registration .fill{fill:#1a7f37}
.dsboot-chart .binding .line{stroke:#8250df}.dsboot-chart .binding .fill{fill:#8250df}
.dsboot-chart .other .line{stroke:#59636e}.dsboot-chart .other .fill{fill:#59636e}
.dsboot-chart .lost .line{stroke-dasharray:5 4}
@media (prefers-color-scheme:dark){
.dsboot-chart text{fill:#e6edf3}
.dsboot-chart .paper{fill:#0d1117}
.dsboot-chart .box{fill:#1c2128;stroke:#6e7681}
.dsboot-chart .life{stroke:#3d444d}
.dsboot-chart .stamp{fill:#9198a1}
.dsboot-chart .badge{fill:#0d1117}
.dsboot-chart .access .line{stroke:#58a6ff}.dsboot-chart .access .fill{fill:#58a6ff}
.dsboot-chart .registration .line{stroke:#56d364}.dsboot-chart .registration .fill{fill:#56d364}
.dsboot-chart .binding .line{stroke:#bc8cff}.dsboot-chart .binding .fill{fill:#bc8cff}
.dsboot-chart .other .line{stroke:#9198a1}.dsboot-chart .other .fill{fill:#9198a1}
}
";

/// Draws charts below each other as one SVG document.
///
/// Its title is the first chart's, or what all of them have before a colon if there are several;
/// its description tells every line in words. Each line is a group of the class `row` with the
/// stamp that it belongs to in `data-stamp`.
#[must_use]
pub fn svg(charts: &[Chart]) -> String {
    let width = charts.iter().map(|chart| Form::of(chart).width()).max().unwrap_or(2 * MARGIN);
    let heights = charts.iter().map(|chart| Form::of(chart).height() + GAP);
    let height = 2 * MARGIN + heights.sum::<usize>().saturating_sub(GAP);
    let mut out = alloc::format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"dsboot-chart\" role=\"img\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n"
    );
    let _ = writeln!(out, "<title>{}</title>", escaped(title(charts)));
    out.push_str("<desc>");
    for chart in charts {
        if charts.len() > 1 {
            let _ = writeln!(out, "{}:", escaped(&chart.title));
        }
        for row in &chart.rows {
            let _ = writeln!(out, "{}.", escaped(&chart.told(row)));
        }
    }
    let _ = writeln!(out, "</desc>\n<style>{STYLE}</style>");
    let _ = writeln!(out, "<rect class=\"paper\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>");
    let mut top = MARGIN;
    for chart in charts {
        let form = Form::of(chart);
        form.draw(top, &mut out);
        top += form.height() + GAP;
    }
    out.push_str("</svg>\n");
    out
}

fn title(charts: &[Chart]) -> &str {
    let Some((first, others)) = charts.split_first() else { return "" };
    match first.title.split_once(": ") {
        Some((common, _)) if others.iter().all(|chart| chart.title.starts_with(common)) => {
            if others.is_empty() { &first.title } else { common }
        }
        _ => &first.title,
    }
}

/// Where the parts of a chart stand, in pixels.
struct Form<'a> {
    chart: &'a Chart,
    first: usize,
    pitch: usize,
    words: usize,
}

impl<'a> Form<'a> {
    fn of(chart: &'a Chart) -> Form<'a> {
        let longest = |texts: &mut dyn Iterator<Item = &String>| {
            texts.map(|text| text.chars().count()).max().unwrap_or(0) * CHARACTER
        };
        let names = longest(&mut chart.lifelines.iter());
        let stamps = longest(&mut chart.rows.iter().map(|row| &row.stamp));
        let labels = longest(&mut chart.rows.iter().map(|row| &row.label));
        let pitch = (names + 28).max(labels + 40).max(PITCH);
        let first = MARGIN + stamps + 12 + pitch / 2;
        let words = first + chart.lifelines.len().saturating_sub(1) * pitch + pitch / 2 + 8;
        Form { chart, first, pitch, words }
    }

    fn width(&self) -> usize {
        let captions = self.chart.rows.iter().map(|row| row.words.chars().count());
        let words = self.words + captions.max().unwrap_or(0) * CHARACTER;
        // The title's letters are larger.
        let title = MARGIN + self.chart.title.chars().count() * (CHARACTER + 2);
        words.max(title) + MARGIN
    }

    const fn height(&self) -> usize {
        2 * HEAD + self.chart.rows.len() * ROW
    }

    fn column(&self, place: usize) -> usize {
        self.first + place * self.pitch
    }

    fn draw(&self, top: usize, out: &mut String) {
        let (names, bottom) = (top + HEAD, top + self.height());
        let title = escaped(&self.chart.title);
        let _ =
            writeln!(out, "<text class=\"title\" x=\"{MARGIN}\" y=\"{}\">{title}</text>", top + 13);
        for (place, name) in self.chart.lifelines.iter().enumerate() {
            let (x, wide) = (self.column(place), self.pitch - 16);
            let _ = writeln!(
                out,
                "<line class=\"life\" x1=\"{x}\" y1=\"{0}\" x2=\"{x}\" y2=\"{bottom}\"/>\
                 <rect class=\"box\" x=\"{1}\" y=\"{2}\" width=\"{wide}\" height=\"22\" rx=\"4\"/>\
                 <text class=\"name\" x=\"{x}\" y=\"{3}\">{4}</text>",
                names + 10,
                x - wide / 2,
                names - 12,
                names + 4,
                escaped(name),
            );
        }
        let mut stamp = "";
        for (number, row) in self.chart.rows.iter().enumerate() {
            if !row.stamp.is_empty() {
                stamp = row.stamp.trim();
            }
            self.row(row, stamp, names + HEAD + number * ROW, out);
        }
    }

    fn row(&self, row: &Row, stamp: &str, y: usize, out: &mut String) {
        let lost = matches!(row.what, What::Arrow { lost: true, .. });
        let lost = if lost { " lost" } else { "" };
        let _ = writeln!(
            out,
            "<g class=\"row {}{lost}\" data-stamp=\"{}\"><title>{}</title>",
            phase(&row.label),
            escaped(stamp),
            escaped(&self.chart.told(row)),
        );
        if !row.stamp.is_empty() {
            let (x, words) = (self.first - self.pitch / 2 - 4, escaped(row.stamp.trim()));
            let _ = writeln!(out, "<text class=\"stamp\" x=\"{x}\" y=\"{}\">{words}</text>", y + 4);
        }
        match row.what {
            What::Arrow { from, to, lost } if from != to => {
                self.arrow((from, to), lost, y, out);
                let middle = usize::midpoint(self.column(from), self.column(to));
                badge(&row.label, middle, y, out);
            }
            What::Arrow { from: at, .. } | What::Mark { at } => {
                let x = self.column(at);
                let _ = writeln!(out, "<circle class=\"fill\" cx=\"{x}\" cy=\"{y}\" r=\"5\"/>");
            }
        }
        let (x, words) = (self.words, escaped(&row.words));
        let _ =
            writeln!(out, "<text class=\"words\" x=\"{x}\" y=\"{}\">{words}</text>\n</g>", y + 4);
    }

    fn arrow(&self, (from, to): (usize, usize), lost: bool, y: usize, out: &mut String) {
        let (begin, end) = (self.column(from), self.column(to));
        // The tip touches the lifeline; what is lost ends before it.
        let ahead = |distance: usize| if from < to { end - distance } else { end + distance };
        let stop = ahead(if lost { 14 } else { 7 });
        let _ = writeln!(out, "<path class=\"line\" d=\"M{begin} {y}H{stop}\"/>");
        let (up, down) = (y - 4, y + 4);
        let _ = if lost {
            let (a, b) = (ahead(16), ahead(8));
            writeln!(
                out,
                "<path class=\"line\" style=\"stroke-dasharray:none\" \
                 d=\"M{a} {up}L{b} {down}M{a} {down}L{b} {up}\"/>"
            )
        } else {
            let (back, tip) = (ahead(9), ahead(0));
            writeln!(out, "<path class=\"fill\" d=\"M{tip} {y}L{back} {up}V{down}Z\"/>")
        };
    }
}

/// The figure's step on the arrow.
fn badge(label: &str, x: usize, y: usize, out: &mut String) {
    if label.is_empty() {
        return;
    }
    let wide = label.chars().count() * CHARACTER + 12;
    let _ = writeln!(
        out,
        "<rect class=\"fill\" x=\"{}\" y=\"{}\" width=\"{wide}\" height=\"18\" rx=\"9\"/>\
         <text class=\"badge\" x=\"{x}\" y=\"{}\">{}</text>",
        x - wide / 2,
        y - 9,
        y + 4,
        escaped(label),
    );
}

/// What a step of the figures belongs to, by which it is coloured.
fn phase(label: &str) -> &'static str {
    match label {
        "0" | "4" | "5" | "6" => "registration",
        "1" | "2" | "3" => "access",
        "" => "other",
        _ => "binding",
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Not allowed in XML.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
