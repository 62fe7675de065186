using System.Net;
using Microsoft.Extensions.Logging;

namespace Toe.Telemetry;

/// <summary>
/// All log messages of the stack. Ids: connections and adapters 1000 to 1099, policy 1100 to 1149, configuration 1150 to 1199, firmware 1200 to 1299. They are in one class because the generator
/// puts several in an order of chance, and no two builds were the same (dotnet/runtime#119587).
/// </summary>
internal static partial class StackLog
{
    [LoggerMessage(1000, LogLevel.Information, "Adapter {AdapterId} found: {Model}, firmware {Firmware}")]
    public static partial void AdapterFound(ILogger logger, string adapterId, string model, string? firmware);

    [LoggerMessage(1001, LogLevel.Warning, "Adapter {AdapterId}: {Fault}")]
    public static partial void AdapterFault(ILogger logger, string adapterId, ToeReason fault, Exception? exception);

    [LoggerMessage(1002, LogLevel.Warning, "Adapter {AdapterId} is set aside: {Reason}")]
    public static partial void CircuitOpened(ILogger logger, string adapterId, ToeReason reason);

    [LoggerMessage(1003, LogLevel.Information, "Adapter {AdapterId} is used again: its probes succeeded")]
    public static partial void CircuitClosed(ILogger logger, string adapterId);

    [LoggerMessage(1004, LogLevel.Information, "Adapter {AdapterId} went from {Before} to {After}: {Reason}")]
    public static partial void HealthChanged(ILogger logger, string adapterId, AdapterHealth before, AdapterHealth after, ToeReason reason);

    [LoggerMessage(1005, LogLevel.Warning, "Provider {Provider} could not discover its adapters: {Reason}")]
    public static partial void DiscoveryFailed(ILogger logger, string provider, ToeReason reason, Exception? exception);

    [LoggerMessage(1006, LogLevel.Warning, "Policy rule names an adapter that nobody found: {Name}")]
    public static partial void UnknownAdapter(ILogger logger, string name);

    [LoggerMessage(1007, LogLevel.Warning, "Adapter {AdapterId} is set aside by the operator")]
    public static partial void Isolated(ILogger logger, string adapterId);

    [LoggerMessage(1008, LogLevel.Information, "Adapter {AdapterId} is used again: the operator took it back")]
    public static partial void Readmitted(ILogger logger, string adapterId);

    [LoggerMessage(1010, LogLevel.Information, "Connection to {Remote} runs on the host stack: {Reason} ({Suppressed} more since the last line)")]
    public static partial void Fallback(ILogger logger, IPEndPoint? remote, ToeReason reason, long suppressed);

    [LoggerMessage(1011, LogLevel.Warning, "Connection {Id} to {Remote} lost with adapter {AdapterId}: {Reason}")]
    public static partial void ConnectionLost(ILogger logger, long id, IPEndPoint remote, string adapterId, ToeReason reason);

    [LoggerMessage(1012, LogLevel.Information, "Connection {Id} moved to {Placement}")]
    public static partial void ConnectionMoved(ILogger logger, long id, Placement placement);

    [LoggerMessage(1013, LogLevel.Information, "Adapter {AdapterId} wants to be rid of connection {Id} (mandatory: {Mandatory}): {Reason}")]
    public static partial void UploadWanted(ILogger logger, string adapterId, long id, bool mandatory, ToeReason reason);

    [LoggerMessage(1014, LogLevel.Error, "Connection {Id} could not be moved")]
    public static partial void MoveFailed(ILogger logger, long id, Exception exception);

    [LoggerMessage(1015, LogLevel.Warning, "{Count} connections stay on adapters that policy no longer allows: they cannot be moved")]
    public static partial void StayedAgainstPolicy(ILogger logger, int count);

    [LoggerMessage(1016, LogLevel.Error, "The look at the connections' placement failed")]
    public static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(1020, LogLevel.Information, "Adapter {AdapterId} does not take the listener on {Local}: {Reason}")]
    public static partial void ListenRefused(ILogger logger, string adapterId, IPEndPoint local, ToeReason reason);

    [LoggerMessage(1021, LogLevel.Warning, "Adapter {AdapterId} stopped listening on {Local}: {Reason}; the host listener goes on")]
    public static partial void ListenerStopped(ILogger logger, string adapterId, IPEndPoint local, ToeReason reason);

    [LoggerMessage(1022, LogLevel.Warning, "Incoming connection from {Remote} on adapter {AdapterId} closed: {Reason}")]
    public static partial void AcceptRefused(ILogger logger, string adapterId, IPEndPoint remote, ToeReason reason);

    [LoggerMessage(1023, LogLevel.Warning, "The host listener on {Local} failed to accept")]
    public static partial void AcceptFailed(ILogger logger, IPEndPoint local, Exception exception);

    [LoggerMessage(1024, LogLevel.Error, "A handler of PlacementChanged threw")]
    public static partial void PlacementHandlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(1025, LogLevel.Information, "No diagnostic endpoint: {Reason}")]
    public static partial void NoDiagnostics(ILogger logger, string reason);

    [LoggerMessage(1026, LogLevel.Information, "Asked over the diagnostic endpoint by process {Pid} of user {User}: {Request}: {Result}")]
    public static partial void AskedFromOutside(ILogger logger, long pid, long user, string request, string result);

    [LoggerMessage(1100, LogLevel.Warning, "The {Rule} never decides: rule '{Earlier}' before it matches all that it matches.")]
    public static partial void RuleShadowed(this ILogger logger, string rule, string earlier);

    [LoggerMessage(1101, LogLevel.Error, "The operator's policy is malformed, and {Consequence}. {Error}")]
    public static partial void OperatorPolicyMalformed(this ILogger logger, string consequence, string error);

    [LoggerMessage(1102, LogLevel.Information, "The operator's policy {Path} is in force with {Count} rules.")]
    public static partial void OperatorPolicyRead(this ILogger logger, string path, int count);

    [LoggerMessage(1103, LogLevel.Information, "The operator's policy {Path} is gone; the operator leaves everything to the program.")]
    public static partial void OperatorPolicyGone(this ILogger logger, string path);

    [LoggerMessage(1104, LogLevel.Error, "{Variable} is '{Value}', which is neither 'forbid' nor 'prefer'; offloading is forbidden.")]
    public static partial void OperatorModeMalformed(this ILogger logger, string variable, string value);

    [LoggerMessage(1150, LogLevel.Information, "The configuration section Toe was read again.")]
    public static partial void ConfigurationReloaded(this ILogger logger);

    [LoggerMessage(1151, LogLevel.Error, "The new configuration is wrong; the one before stays in force. {Error}")]
    public static partial void ConfigurationRefused(this ILogger logger, string error);

    [LoggerMessage(1200, LogLevel.Information, "The firmware catalogue is now {Catalogue}, with {Count} entries.")]
    public static partial void CatalogueReplaced(this ILogger logger, string catalogue, int count);

    [LoggerMessage(1201, LogLevel.Error, "The firmware catalogue stays as it was. {Error}")]
    public static partial void CatalogueRefused(this ILogger logger, string error);

    [LoggerMessage(1202, LogLevel.Warning, "The conformance report {Path} proves nothing. {Why}")]
    public static partial void ReportProvesNothing(this ILogger logger, string path, string why);

    [LoggerMessage(1203, LogLevel.Information, "Conformance reports now prove {Count} adapters with their firmware.")]
    public static partial void ProofsReplaced(this ILogger logger, int count);
}
