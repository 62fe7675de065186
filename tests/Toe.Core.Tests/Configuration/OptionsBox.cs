using Microsoft.Extensions.Options;

namespace Toe.Core.Tests.Configuration;

/// <summary>Options that a test sets.</summary>
internal sealed class OptionsBox(ToeOptions options) : IOptionsMonitor<ToeOptions>, IDisposable
{
    private Action<ToeOptions, string?>? _listeners;

    public ToeOptions CurrentValue { get; private set; } = options;

    public ToeOptions Get(string? name) => CurrentValue;

    public void Set(ToeOptions options)
    {
        CurrentValue = options;
        _listeners?.Invoke(options, "");
    }

    public IDisposable OnChange(Action<ToeOptions, string?> listener)
    {
        _listeners += listener;
        return this;
    }

    public void Dispose()
    {
    }
}
