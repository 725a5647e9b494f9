//! An SVG of ours, reduced to filled and stroked paths: the least that every front end can draw.

use roxmltree::{Document, Node};

use crate::DesignError;

/// A drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// Its width and height.
    pub side: f32,
    /// Its shapes, the lowest first.
    pub shapes: Vec<Shape>,
}

/// One path with its paint.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The id of the group it stands in, if any.
    pub group: Option<String>,
    /// SVG path data.
    pub path: String,
    /// Fill colour as written; none if not filled.
    pub fill: Option<String>,
    /// Stroke colour as written; none if not stroked.
    pub stroke: Option<String>,
    /// Stroke width.
    pub stroke_width: f32,
}

impl Drawing {
    /// Reads an SVG made of `path`, `rect`, `circle` and groups, all strokes round.
    ///
    /// # Errors
    /// When it is no XML, or uses another element or a transformation.
    pub fn parse(name: &str, svg: &str) -> Result<Self, DesignError> {
        let document =
            Document::parse(svg).map_err(|source| DesignError::Xml { name: name.to_owned(), source })?;
        let root = document.root_element();
        let reader = Reader { name };
        let view: Vec<f32> = root
            .attribute("viewBox")
            .unwrap_or_default()
            .split(' ')
            .filter_map(|word| word.parse().ok())
            .collect();
        let &[0.0, 0.0, width, height] = view.as_slice() else {
            return Err(reader.unknown("a viewBox that is not \"0 0 side side\""));
        };
        if (width - height).abs() > f32::EPSILON {
            return Err(reader.unknown("a viewBox that is not square"));
        }
        let mut shapes = Vec::new();
        for node in root.descendants().filter(|node| node.is_element() && *node != root) {
            if node.has_attribute("transform") {
                return Err(reader.unknown("transform"));
            }
            if node.tag_name().name() != "g" {
                shapes.push(reader.shape(node)?);
            }
        }
        Ok(Self { side: width, shapes })
    }
}

struct Reader<'a> {
    name: &'a str,
}

impl Reader<'_> {
    fn unknown(&self, what: impl Into<String>) -> DesignError {
        DesignError::Drawing { name: self.name.to_owned(), what: what.into() }
    }

    fn shape(&self, node: Node<'_, '_>) -> Result<Shape, DesignError> {
        let path = match node.tag_name().name() {
            "path" => node.attribute("d").unwrap_or_default().to_owned(),
            "circle" => circle(self.number(node, "cx")?, self.number(node, "cy")?, self.number(node, "r")?),
            "rect" => self.rect(node)?,
            other => return Err(self.unknown(other)),
        };
        let paint = |attribute: &str, otherwise: &str| {
            let value = inherited(node, attribute).unwrap_or(otherwise);
            (value != "none").then(|| value.to_owned())
        };
        let stroke_width = match inherited(node, "stroke-width") {
            Some(text) => text.parse().map_err(|_| self.unknown(format!("stroke-width {text:?}")))?,
            None => 1.0,
        };
        Ok(Shape {
            group: node.parent().and_then(|parent| parent.attribute("id")).map(str::to_owned),
            path,
            fill: paint("fill", "#000000"),
            stroke: paint("stroke", "none"),
            stroke_width,
        })
    }

    fn rect(&self, node: Node<'_, '_>) -> Result<String, DesignError> {
        let (x, y) = (self.number(node, "x")?, self.number(node, "y")?);
        let (width, height) = (self.number(node, "width")?, self.number(node, "height")?);
        let radius = self.number(node, "rx")?.min(width / 2.0).min(height / 2.0);
        let (across, down) = (width - 2.0 * radius, height - 2.0 * radius);
        let arc = |x: f32, y: f32| format!("a{radius} {radius} 0 0 1 {x} {y}");
        Ok(format!(
            "M{} {y}h{across}{}v{down}{}h{}{}v{}{}z",
            x + radius,
            arc(radius, radius),
            arc(-radius, radius),
            -across,
            arc(-radius, -radius),
            -down,
            arc(radius, -radius),
        ))
    }

    fn number(&self, node: Node<'_, '_>, attribute: &str) -> Result<f32, DesignError> {
        let text = node.attribute(attribute).unwrap_or("0");
        text.parse().map_err(|_| self.unknown(format!("{attribute} {text:?}")))
    }
}

fn circle(x: f32, y: f32, radius: f32) -> String {
    let across = 2.0 * radius;
    format!("M{} {y}a{radius} {radius} 0 1 0 {across} 0a{radius} {radius} 0 1 0 -{across} 0z", x - radius)
}

fn inherited<'a>(node: Node<'a, '_>, attribute: &str) -> Option<&'a str> {
    node.ancestors().find_map(|ancestor| ancestor.attribute(attribute))
}
