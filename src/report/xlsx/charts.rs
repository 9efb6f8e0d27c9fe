//! The charts of the overview: the FCR rate of each category against its target, and of everything over time. They draw
//! what stands in other sheets.

use rust_xlsxwriter::{Chart, ChartLine, ChartType, Color, XlsxError};

use super::sheet::Sheet;
use super::tables::{CATEGORIES, OVERVIEW, TREND, category_columns};
use crate::report::Report;

/// Categories drawn: the first, which fail.
const MOST_CATEGORIES: u32 = 25;
/// Where the charts begin: right of the overview's columns.
const COLUMN: u16 = 6;
const SIZE: (u32, u32) = (860, 380);

/// Puts the charts into the overview.
pub(super) fn charts(report: &Report, sheets: &mut [Sheet]) -> Result<(), XlsxError> {
    let rows = |sheets: &[Sheet], name: &str| {
        let found = sheets.iter().find(|sheet| sheet.name() == name);
        found.map_or(0, |sheet| sheet.row_count())
    };
    let categories = rows(sheets, CATEGORIES).min(MOST_CATEGORIES);
    let overall = report.trend.iter().find(|line| line.is_overall);
    let periods = overall.map_or(0, |line| line.periods.len() as u32).min(rows(sheets, TREND));
    let Some(overview) = sheets.iter_mut().find(|sheet| sheet.name() == OVERVIEW) else {
        return Ok(());
    };
    let mut row = 1;
    if categories > 0 {
        overview.worksheet().insert_chart(row, COLUMN, &by_category(categories))?;
        row += 20;
    }
    if periods > 0 {
        overview.worksheet().insert_chart(row, COLUMN, &over_time(periods))?;
    }
    Ok(())
}

fn by_category(count: u32) -> Chart {
    let column = |title: &str| category_columns().position(|it| it == title).unwrap_or(0) as u16 + 1;
    let names = (CATEGORIES, 1, 0, count, 0);
    let values = |title| (CATEGORIES, 1, column(title), count, column(title));
    let mut chart = Chart::new(ChartType::Column);
    let bars = chart.add_series().set_categories(names).set_values(values("FCR"));
    bars.set_name("FCR").set_format(
        rust_xlsxwriter::ChartFormat::new()
            .set_solid_fill(rust_xlsxwriter::ChartSolidFill::new().set_color(Color::RGB(0x4472A8))),
    );
    let mut target = Chart::new(ChartType::Line);
    let line = target.add_series().set_categories(names).set_values(values("Target"));
    line.set_name("Target").set_format(ChartLine::new().set_color(Color::RGB(0xC0504D)).set_width(2.0));
    chart.combine(&target);
    titled(chart, "First-contact resolution by category, against the target")
}

fn over_time(count: u32) -> Chart {
    let mut chart = Chart::new(ChartType::Line);
    let line = chart.add_series().set_categories((TREND, 1, 1, count, 1)).set_values((TREND, 1, 4, count, 4));
    line.set_name("FCR").set_format(ChartLine::new().set_color(Color::RGB(0x4472A8)).set_width(2.25));
    chart.legend().set_hidden();
    titled(chart, "First-contact resolution over time, all contacts")
}

fn titled(mut chart: Chart, title: &str) -> Chart {
    chart.title().set_name(title);
    chart.y_axis().set_min(0).set_max(1).set_num_format("0%");
    chart.set_width(SIZE.0).set_height(SIZE.1);
    chart
}
