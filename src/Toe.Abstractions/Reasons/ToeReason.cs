using System.Globalization;

namespace Toe;

/// <summary>Why something ran where it ran: a stable code, the vendor's detail, and words.</summary>
/// <param name="Code">Class in the high octet, reason in the low one; 0 is <see cref="None"/>. <see cref="ToeReasons"/> has them all.</param>
/// <param name="VendorDetail">The vendor's own code, in the vendor's own numbering; 0 when there is none.</param>
/// <param name="Text">What this occurrence adds to the reason's own description; never needed to tell reasons apart.</param>
public readonly record struct ToeReason(ushort Code, ushort VendorDetail = 0, string? Text = null)
{
    /// <summary>No reason: nothing was refused.</summary>
    public static ToeReason None => default;

    /// <summary>True for <see cref="None"/>.</summary>
    public bool IsNone => Code == 0;

    /// <summary>The class in the code's high octet.</summary>
    public ToeReasonClass Class => (ToeReasonClass)(Code >> 8);

    /// <summary>The reason's stable name, for example <c>Route.NotOnFabric</c>; <see cref="None"/> gives <c>None</c>, unknown codes <c>Unknown.0xNNNN</c>.</summary>
    public string Name => IsNone ? "None" : ToeReasons.Find(Code)?.Name ?? string.Create(CultureInfo.InvariantCulture, $"Unknown.0x{Code:X4}");

    /// <summary>The same reason with words about this occurrence.</summary>
    /// <param name="text">The words.</param>
    public ToeReason With(string? text) => this with { Text = text };

    /// <summary>True when both have the same code, whatever the detail and words.</summary>
    /// <param name="other">The other reason.</param>
    public bool Is(ToeReason other) => Code == other.Code;

    /// <summary>Name, vendor detail if any, words if any.</summary>
    public override string ToString()
    {
        if (IsNone)
            return "None";
        var detail = VendorDetail == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" [{VendorDetail}]");
        return Text is null ? Name + detail : $"{Name}{detail} ({Text})";
    }
}
