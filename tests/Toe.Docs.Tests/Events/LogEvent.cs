using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Toe.Docs.Tests;

/// <summary>A log message of the SDK.</summary>
/// <param name="Assembly">Whose it is.</param>
/// <param name="Id">Its event id.</param>
/// <param name="Name">Its event name.</param>
/// <param name="Level">Its level.</param>
/// <param name="Message">Its template.</param>
internal sealed record LogEvent(string Assembly, int Id, string Name, LogLevel Level, string Message)
{
    public static IReadOnlyList<LogEvent> All { get; } =
    [
        .. from assembly in Assemblies.All
           from type in assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           let message = method.GetCustomAttribute<LoggerMessageAttribute>()
           where message is not null
           orderby message.EventId
           select new LogEvent(assembly.GetName().Name!, message.EventId, message.EventName ?? method.Name, message.Level, message.Message),
    ];
}
