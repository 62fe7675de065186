using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Toe.Telemetry;

namespace Toe;

/// <summary>The options in force. Unlike the framework's monitor it survives a reload that is wrong: one error is logged, the last good
/// ones stay.</summary>
internal sealed class ToeOptionsMonitor : IOptionsMonitor<ToeOptions>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly IOptionsFactory<ToeOptions> _factory;
    private readonly ILogger<ToeOptionsMonitor> _logger;
    private readonly List<IDisposable> _reloads = [];
    private Action<ToeOptions, string?>? _listeners;
    private ToeOptions _current;
    private string? _error;

    /// <summary>Reads the options, and again whenever the section changes.</summary>
    /// <exception cref="OptionsValidationException">The configuration is wrong at the start.</exception>
    public ToeOptionsMonitor(
        IOptionsFactory<ToeOptions> factory,
        ToeConfiguration configuration,
        IEnumerable<IOptionsChangeTokenSource<ToeOptions>> sources,
        ILogger<ToeOptionsMonitor> logger)
    {
        _factory = factory;
        _logger = logger;
        _current = factory.Create(Options.DefaultName);
        if (configuration.Section is { } section)
            _reloads.Add(ChangeToken.OnChange(section.GetReloadToken, Reload));
        _reloads.AddRange(sources.Select(source => ChangeToken.OnChange(source.GetChangeToken, Reload)));
    }

    /// <inheritdoc/>
    public ToeOptions CurrentValue => Volatile.Read(ref _current);

    /// <summary>What is wrong with the configuration since its last reload; null when nothing is.</summary>
    public string? Error => Volatile.Read(ref _error);

    /// <summary>The options in force, whatever the name: the stack has one set.</summary>
    public ToeOptions Get(string? name) => CurrentValue;

    /// <inheritdoc/>
    public IDisposable OnChange(Action<ToeOptions, string?> listener)
    {
        lock (_gate)
            _listeners += listener;
        return new Subscription(this, listener);
    }

    /// <inheritdoc/>
    public void Dispose() => _reloads.ForEach(reload => reload.Dispose());

    private void Reload()
    {
        // One reload at a time, so that listeners see them in order.
        lock (_gate)
        {
            if (TryCreate() is not { } options)
                return;
            Volatile.Write(ref _current, options);
            _logger.ConfigurationReloaded();
            _listeners?.Invoke(options, Options.DefaultName);
        }
    }

    private ToeOptions? TryCreate()
    {
        try
        {
            var options = _factory.Create(Options.DefaultName);
            _error = null;
            return options;
        }
        catch (Exception error)
        {
            // Whatever a validator or a program's own configure action throws must not end the thread that reports file changes.
            if (!string.Equals(_error, error.Message, StringComparison.Ordinal))
                _logger.ConfigurationRefused(error.Message);
            _error = error.Message;
            return null;
        }
    }

    /// <summary>Takes its listener off when disposed.</summary>
    private sealed class Subscription(ToeOptionsMonitor monitor, Action<ToeOptions, string?> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (monitor._gate)
                monitor._listeners -= listener;
        }
    }
}
