using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toe.Telemetry;

namespace Toe.Firmware;

/// <summary>Keeps what the reports that the options name prove: read at start, when the options change, and when the files change. Unlike a catalogue, a report that can no longer be
/// read does not stay in force: what it proved is unproven.</summary>
internal sealed class ConformanceReportSource : IDisposable
{
    private readonly Lock _refresh = new();
    private readonly FileWatches _watches;
    private readonly ILogger<ConformanceReportSource> _logger;
    private readonly IDisposable? _reload;
    private Dictionary<string, ReportReading> _readings = [];
    private FrozenSet<ConformanceProof> _current = [];

    /// <summary>Reads the reports, and follows options and files from then on.</summary>
    public ConformanceReportSource(IOptionsMonitor<ToeOptions> options, TimeProvider time, ILogger<ConformanceReportSource> logger)
    {
        _watches = new FileWatches(time, Refresh, ReportReading.Pattern);
        _logger = logger;
        Follow(options.CurrentValue.Firmware);
        _reload = options.OnChange((changed, _) => Follow(changed.Firmware));
    }

    /// <summary>Raised after <see cref="Current"/> changed: every adapter is judged again.</summary>
    public event Action? Changed;

    /// <summary>What is proven now.</summary>
    public IReadOnlySet<ConformanceProof> Current => Volatile.Read(ref _current);

    /// <inheritdoc/>
    public void Dispose()
    {
        _reload?.Dispose();
        _watches.Dispose();
    }

    private void Follow(FirmwareOptions options)
    {
        string[] paths = [.. options.Reports.Distinct(StringComparer.Ordinal)];
        _watches.Follow(paths, options.RecheckInterval); // First: what changes while it is read is read again.
        Replace(() => paths.ToDictionary(path => path, ReportReading.Of, StringComparer.Ordinal));
    }

    private void Refresh(string path) => Replace(() => _readings.ContainsKey(path)
        ? new(_readings, StringComparer.Ordinal) { [path] = ReportReading.Of(path) }
        : _readings); // The options have just stopped naming it.

    private void Replace(Func<Dictionary<string, ReportReading>> read)
    {
        // One at a time, so that an older reading never replaces a newer one.
        lock (_refresh)
        {
            var readings = read();
            Complain(readings);
            _readings = readings;
            var proofs = readings.Values.SelectMany(reading => reading.Proofs).ToFrozenSet();
            if (proofs.SetEquals(_current))
                return;
            Volatile.Write(ref _current, proofs);
            _logger.ProofsReplaced(proofs.Count);
        }

        Changed?.Invoke();
    }

    /// <summary>Says once what is wrong with a file, and again when something else is.</summary>
    private void Complain(Dictionary<string, ReportReading> readings)
    {
        foreach (var (path, reading) in readings)
        {
            var known = _readings.GetValueOrDefault(path)?.Complaints;
            foreach (var (file, why) in reading.Complaints)
            {
                if (known?.GetValueOrDefault(file) != why)
                    _logger.ReportProvesNothing(file, why);
            }
        }
    }
}
