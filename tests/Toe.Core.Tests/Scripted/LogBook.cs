using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Toe.Core.Tests.Scripted;

/// <summary>Keeps every log line of a stack.</summary>
internal sealed class LogBook : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, EventId Id, string Text)> _lines = new();

    public IReadOnlyCollection<(LogLevel Level, EventId Id, string Text)> Lines => _lines;

    public IReadOnlyList<string> Of(int id) => [.. _lines.Where(line => line.Id.Id == id).Select(line => line.Text)];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, eventId, formatter(state, exception)));

    public void Dispose()
    {
    }
}
