using System.Globalization;
using System.Text.RegularExpressions;
using Toe.Testing;

namespace Toe.Web;

/// <summary>What is asked of a site for a second, and what of the answer is the figure.</summary>
/// <param name="command">The load generator's command line, without the address.</param>
/// <param name="page">The page that is asked for.</param>
/// <param name="isHttp2">True asks the HTTP/2 endpoint.</param>
/// <param name="figure">Finds the figure, and its unit if it has one, in what the generator says.</param>
internal sealed partial class Load(string[] command, string page, bool isHttp2, Regex figure)
{
    private static readonly string[] Wrk = ["wrk", "-t1", "-c64", "-d1s", "--latency"];

    /// <summary>Short answers on 64 kept connections, in requests per second.</summary>
    public static Load Requests(string page = "text") => new(Wrk, page, isHttp2: false, Rate());

    /// <summary>The same, the 99th percentile of the answers' times, in seconds.</summary>
    public static Load Tail(string page = "text") => new(Wrk, page, isHttp2: false, Percentile());

    /// <summary>Answers of a megabyte, in requests per second.</summary>
    public static Load Downloads() => new(Wrk, "bytes?size=1000000", isHttp2: false, Rate());

    /// <summary>Short answers, each on a connection of its own, in requests per second.</summary>
    public static Load Connections() => new([.. Wrk, "-H", "Connection: close"], "text", isHttp2: false, Rate());

    /// <summary>Short answers over HTTP/2, 8 connections with 16 streams each, in requests per second.</summary>
    public static Load Http2(string page = "text") => new(["h2load", "-t1", "-c8", "-m16", "-D1", "--warm-up-time=0"], page, isHttp2: true, Http2Rate());

    /// <summary>Asks for a second.</summary>
    /// <param name="run">Runs a command where the clients are.</param>
    /// <param name="site">The site.</param>
    public async Task<double> MeasureAsync(Func<string[], Task<ProcessAnswer>> run, WebSite site)
    {
        var said = (await run([.. command, $"http://{(isHttp2 ? site.Http2 : site.Plain)}/{page}"])).Good().Output;
        if (isHttp2 ? !AllAnswered().IsMatch(said) : said.Contains("Socket errors", StringComparison.Ordinal) || said.Contains("Non-2xx", StringComparison.Ordinal))
            throw new InvalidOperationException("Not every request was answered: " + said);
        var match = figure.Match(said);
        if (!match.Success)
            throw new InvalidOperationException("The load generator told no figure: " + said);
        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * match.Groups[2].Value switch
        {
            "us" => 1e-6,
            "ms" => 1e-3,
            _ => 1,
        };
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)()")]
    private static partial Regex Rate();

    [GeneratedRegex(@"99%\s+([\d.]+)(us|ms|s)")]
    private static partial Regex Percentile();

    [GeneratedRegex(@" 0 failed, 0 errored, 0 timeout\nstatus codes: \d+ 2xx, 0 3xx, 0 4xx, 0 5xx")]
    private static partial Regex AllAnswered();

    [GeneratedRegex(@"finished in .*?, ([\d.]+) req/s()")]
    private static partial Regex Http2Rate();
}
