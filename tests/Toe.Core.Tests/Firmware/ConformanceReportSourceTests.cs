using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Toe.Core.Tests.Configuration;
using Toe.Firmware;

namespace Toe.Core.Tests.Firmware;

public sealed class ConformanceReportSourceTests : IDisposable
{
    private static readonly ConformanceProof Proof = new("scripted", "Scripted", "1.0.0.0");
    private static readonly ConformanceProof Other = new("acme", "Rocket", null);
    private readonly TempFolder _files = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines<ConformanceReportSource> _log = new();
    private readonly Signal _changed = new();

    private IEnumerable<string> Warnings => _log.Lines.Where(static line => line.Level == LogLevel.Warning).Select(static line => line.Text);

    public void Dispose()
    {
        _files.Dispose();
        _changed.Dispose();
    }

    [Fact]
    public void WithoutReports_NothingIsProven()
    {
        using var options = new OptionsBox(new ToeOptions());
        using var source = Open(options);
        Assert.Empty(source.Current);
        Assert.Empty(_log.Lines);
    }

    [Fact, Trait("Requirement", "TOE-CIRC-010")]
    public void FilesAndFolders_AreReadOnTheTimer()
    {
        Directory.CreateDirectory(_files.File("all"));
        _files.Write("one.json", Reports.Good);
        using var options = new OptionsBox(Options(_files.File("one.json"), _files.File("all")));
        using var source = Open(options);
        Assert.Equal([Proof], source.Current);
        Assert.Equal(0, _changed.Count);

        _files.Write("all/other.json", Reports.For("acme", "Rocket", null));
        _files.Write("all/notes.txt", Reports.For("acme", "Plane", null));
        Tick();
        Assert.Equal([Other, Proof], source.Current.OrderBy(static proof => proof.Provider, StringComparer.Ordinal));
        Assert.Equal(1, _changed.Count);

        File.Delete(_files.File("one.json"));
        Tick();
        Assert.Equal([Other], source.Current);
        Tick();
        Assert.Equal(2, _changed.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AReport_IsNoticedWithoutWaitingForTheTimer(bool inFolder)
    {
        var folder = _files.File("all");
        if (inFolder)
            Directory.CreateDirectory(folder);
        using var options = new OptionsBox(Options(inFolder ? folder : _files.File("one.json")));
        using var source = new ConformanceReportSource(options, TimeProvider.System, _log);
        source.Changed += _changed.Set;
        _files.ReplaceByRename(inFolder ? "all/one.json" : "one.json", Reports.Good);
        await _changed.Wait();
        Assert.Equal([Proof], source.Current);
    }

    [Fact]
    public async Task AFolderThatComesLater_IsWatchedFromThenOn()
    {
        using var options = new OptionsBox(Options(_files.File("later") + Path.DirectorySeparatorChar));
        using var source = new ConformanceReportSource(options, TimeProvider.System, _log);
        source.Changed += _changed.Set;
        Directory.CreateDirectory(_files.File("later"));
        _files.Write("later/one.json", Reports.Good);
        await _changed.Wait();
        _files.Write("later/other.json", Reports.For("acme", "Rocket", null));
        await _changed.Wait();
        Assert.Equal(2, source.Current.Count);
    }

    [Theory, Trait("Requirement", "TOE-CIRC-010")]
    [InlineData("{", "line 1")]
    [InlineData("too large", "is larger than")]
    [InlineData("another schema", "$.schema: 2 is not a schema that this SDK reads (1)")]
    [InlineData(null, "It does not exist.")]
    public void AReportThatCannotBeReadAnyMore_ProvesNothing_AndIsLoggedOnce(string? content, string expected)
    {
        var path = _files.Write("one.json", Reports.Good);
        using var options = new OptionsBox(Options(path));
        using var source = Open(options);
        if (content is null)
            File.Delete(path);
        else
            _files.Write("one.json", Content());
        Tick();
        Tick();
        Assert.Empty(source.Current);
        Assert.Equal(1, _changed.Count);
        var warning = Assert.Single(Warnings);
        Assert.Contains(path, warning, StringComparison.Ordinal);
        Assert.Contains(expected, warning, StringComparison.Ordinal);

        // What a person mended is taken, and what breaks again is said again.
        _files.Write("one.json", Reports.Good);
        Tick();
        Assert.Equal([Proof], source.Current);
        File.Delete(path);
        Tick();
        Assert.Equal(2, Warnings.Count());

        string Content() => content switch
        {
            "too large" => Reports.Good + new string(' ', SmallFile.Limit),
            "another schema" => Reports.Good.Replace("\"schema\": 1", "\"schema\": 2", StringComparison.Ordinal),
            _ => content,
        };
    }

    [Fact]
    public void OneBadReportOfAFolder_CostsNoOther()
    {
        _files.Write("bad.json", "{");
        _files.Write("good.json", Reports.Good);
        using var options = new OptionsBox(Options(_files.Path));
        using var source = Open(options);
        Assert.Equal([Proof], source.Current);
        Assert.Contains("bad.json", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderOfTooManyFiles_ProvesNothing()
    {
        for (var i = 0; i <= ReportReading.FileLimit; i++)
            _files.Write($"{i}.json", i == 0 ? Reports.Good : "");
        using var options = new OptionsBox(Options(_files.Path));
        using var source = Open(options);
        Assert.Empty(source.Current);
        Assert.Contains("It has more than 1000 files.", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void AReloadOfTheOptions_TakesOtherReports()
    {
        var path = _files.Write("one.json", Reports.Good);
        using var options = new OptionsBox(new ToeOptions());
        using var source = Open(options);
        options.Set(Options(path, path));
        Assert.Equal([Proof], source.Current);
        options.Set(new ToeOptions());
        Assert.Empty(source.Current);
        Assert.Equal(2, _changed.Count);
        Tick();
        Assert.Empty(source.Current);
    }

    private static ToeOptions Options(params string[] paths)
    {
        var options = new ToeOptions();
        foreach (var path in paths)
            options.Firmware.Reports.Add(path);
        return options;
    }

    private void Tick()
    {
        _time.Advance(new FirmwareOptions().RecheckInterval);
        _time.Advance(FileWatch.Settle); // A notification that came while the clock moved has put the look off.
    }

    private ConformanceReportSource Open(OptionsBox options)
    {
        var source = new ConformanceReportSource(options, _time, _log);
        source.Changed += _changed.Set;
        return source;
    }
}
