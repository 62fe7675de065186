namespace Toe.Emulated.Tcp;

/// <summary>Comparisons in the 32-bit sequence space, RFC 9293 §3.4: only differences mean anything.</summary>
internal static class SequenceNumber
{
    public static bool Less(uint a, uint b) => (int)(a - b) < 0;

    public static bool LessOrEqual(uint a, uint b) => (int)(a - b) <= 0;

    public static bool Greater(uint a, uint b) => (int)(a - b) > 0;

    public static bool GreaterOrEqual(uint a, uint b) => (int)(a - b) >= 0;

    public static uint Max(uint a, uint b) => Less(a, b) ? b : a;
}
