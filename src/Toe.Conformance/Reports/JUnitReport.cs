using System.Globalization;
using System.Xml;

namespace Toe.Conformance;

/// <summary>The report for a build server. What did not run is skipped there, and nothing else is.</summary>
internal static class JUnitReport
{
    public static string Write(ConformanceReport report)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true, CheckCharacters = false }))
        {
            xml.WriteStartElement("testsuites");
            foreach (var suite in report.BySuite)
            {
                xml.WriteStartElement("testsuite");
                xml.WriteAttributeString("name", suite.Key);
                Write(xml, "tests", suite.Count());
                Write(xml, "failures", suite.Count(static result => result.IsBad));
                Write(xml, "skipped", suite.Count(IsSkipped));
                xml.WriteAttributeString("time", Seconds(suite.Aggregate(TimeSpan.Zero, static (sum, result) => sum + result.Duration)));
                foreach (var result in suite)
                    Write(xml, result);
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        return text + "\n";
    }

    private static void Write(XmlWriter xml, RequirementResult result)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", result.Requirement.Suite);
        xml.WriteAttributeString("name", Clean(result.Requirement.ToString()));
        xml.WriteAttributeString("time", Seconds(result.Duration));
        if (result.IsBad || IsSkipped(result))
        {
            xml.WriteStartElement(result.IsBad ? "failure" : "skipped");
            xml.WriteAttributeString("message", Clean($"{result.Outcome}: {result.Detail}"));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static bool IsSkipped(RequirementResult result) => result.Outcome is Outcome.Skipped or Outcome.NotExercised;

    private static void Write(XmlWriter xml, string name, int value) => xml.WriteAttributeString(name, value.ToString(CultureInfo.InvariantCulture));

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>Without characters that XML cannot carry: a provider's message may hold any.</summary>
    private static string Clean(string text) => string.Concat(text.Where(XmlConvert.IsXmlChar));
}
