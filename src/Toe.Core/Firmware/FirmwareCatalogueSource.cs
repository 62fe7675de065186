using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toe.Telemetry;

namespace Toe.Firmware;

/// <summary>Keeps the catalogue that the options name: read at start, when the options change, and when the file or its signature changes.
/// What is wrong
/// after the start logs one error and leaves the last good one in force.</summary>
internal sealed class FirmwareCatalogueSource : IFirmwareCatalogueSource, IDisposable
{
    private readonly Lock _refresh = new();
    private readonly FileWatches _watches;
    private readonly ILogger<FirmwareCatalogueSource> _logger;
    private readonly IDisposable? _reload;
    private FirmwareOptions _options;
    private FirmwareCatalogue _current;
    private string? _error;

    /// <summary>Reads the catalogue, and follows options and file from then on.</summary>
    /// <exception cref="OptionsValidationException">The catalogue cannot be had at the start.</exception>
    public FirmwareCatalogueSource(IOptionsMonitor<ToeOptions> options, TimeProvider time, ILogger<FirmwareCatalogueSource> logger)
    {
        _watches = new FileWatches(time, _ => Refresh());
        _logger = logger;
        _options = options.CurrentValue.Firmware;
        try
        {
            _current = FirmwareCatalogueFile.Load(_options);
        }
        catch (FormatException error)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(ToeOptions), [error.Message]);
        }

        Watch(_options);
        _reload = options.OnChange((changed, _) => Follow(changed.Firmware));
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public FirmwareCatalogue Current => Volatile.Read(ref _current);

    /// <summary>Reads the file again now.</summary>
    public void Refresh()
    {
        // One at a time, so that an older reading never replaces a newer one.
        lock (_refresh)
        {
            if (Load(Volatile.Read(ref _options)) is not { } catalogue)
                return;
            Volatile.Write(ref _current, catalogue);
        }

        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reload?.Dispose();
        _watches.Dispose();
    }

    private void Follow(FirmwareOptions options)
    {
        Volatile.Write(ref _options, options);
        Watch(options);
        Refresh();
    }

    private void Watch(FirmwareOptions options) => _watches.Follow(options.Catalogue is { } path ? [path] : [], options.RecheckInterval);

    /// <summary>The catalogue if it can be had and is another one.</summary>
    private FirmwareCatalogue? Load(FirmwareOptions options)
    {
        try
        {
            var catalogue = FirmwareCatalogueFile.Load(options);
            _error = null;
            if (catalogue.SaysTheSame(Current))
                return null;
            _logger.CatalogueReplaced(options.Catalogue ?? "the shipped one", catalogue.Entries.Count);
            return catalogue;
        }
        catch (FormatException error)
        {
            if (!string.Equals(_error, error.Message, StringComparison.Ordinal))
                _logger.CatalogueRefused(error.Message);
            _error = error.Message;
            return null;
        }
    }
}
