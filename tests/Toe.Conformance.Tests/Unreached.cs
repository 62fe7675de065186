namespace Toe.Conformance.Tests;

/// <summary>Requirements that no broken provider reaches, and why.</summary>
internal static class Unreached
{
    private const string OnFabric = "a fabric has no such case; it is tried on TAP and on interfaces";
    private const string NotOffered = "the software TOE, around which the defects are, does not offer it";
    private const string Inside = "what would have to be wrong is inside of an engine, where no decorator reaches";

    /// <summary>By id.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["TOE-DISC-006"] = "every provider with a defect is of the kit's own assembly",
        ["TOE-STAT-001"] = "without a status not one requirement can begin",
        ["TOE-STAT-009"] = NotOffered,
        ["TOE-STAT-010"] = NotOffered,
        ["TOE-CAPA-008"] = NotOffered,
        ["TOE-OPEN-002"] = "what the peer would see is gone before it can be looked at",
        ["TOE-OPEN-005"] = OnFabric,
        ["TOE-OPEN-016"] = "there is nobody whom such a connection could reach",
        ["TOE-CONN-002"] = OnFabric,
        ["TOE-CONN-003"] = OnFabric,
        ["TOE-LIST-017"] = OnFabric,
        ["TOE-LIST-019"] = "what fails there fails on the adapter's own thread",
        ["TOE-LIST-020"] = OnFabric,
        ["TOE-STRM-010"] = "the compiler lets nobody keep a span",
        ["TOE-BACK-003"] = Inside,
        ["TOE-BACK-007"] = Inside,
        ["TOE-BUDG-014"] = Inside,
        ["TOE-HLTH-015"] = Inside,
        ["TOE-MOVE-009"] = "the place that it moves to is the peer card's, which has no defect",
        ["TOE-MOVE-015"] = Inside,
    };
}
