using Microsoft.Extensions.Logging;

namespace Toe.Chelsio.Tests.Images;

/// <summary>What a stack lends a provider, counting what is logged above debug.</summary>
internal sealed class SilentHost : IProviderHost, ILoggerFactory, ILogger
{
    private int _entries;

    public int Entries => _entries;

    public ILoggerFactory Logging => this;

    public TimeProvider Time => TimeProvider.System;

    public void RescanNeeded()
    {
    }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel > LogLevel.Debug)
            Interlocked.Increment(ref _entries);
    }

    public void Dispose()
    {
    }
}
