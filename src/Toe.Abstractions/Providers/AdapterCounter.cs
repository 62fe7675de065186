namespace Toe;

/// <summary>A number that an adapter counts or measures by itself, for everybody on the machine.</summary>
/// <param name="Name">What it is, in the vendor's words.</param>
/// <param name="Value">The number as last read.</param>
/// <param name="Unit">Its unit by UCUM: <c>By/s</c>, <c>{segment}</c>, …</param>
/// <param name="IsCumulative">True when it only grows, from the adapter's last reset on.</param>
public readonly record struct AdapterCounter(string Name, long Value, string Unit, bool IsCumulative);
