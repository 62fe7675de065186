namespace Toe.Adapters;

/// <summary>Keeps half-made snapshots out: the gates and the trace read every part.</summary>
internal static class StatusCheck
{
    /// <summary>The status, if it is whole.</summary>
    /// <exception cref="AdapterFaultException">A part is missing.</exception>
    public static AdapterStatus Checked(AdapterStatus? status, string call) =>
        status is { Capabilities: not null, Budgets: not null, FirmwareParts: not null } && status.Budgets.All(static budget => budget is { Table: not null })
        && status.FirmwareParts.All(static part => part is { Name: not null })
            ? status
            : throw new AdapterFaultException(ToeReasons.InternalContractViolation.With($"{call} without a whole status"));
}
