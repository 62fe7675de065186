namespace Toe.Moving;

/// <summary>Ends a data call on a carrier that is about to give its connection up. Never reaches the application: the connection repeats the call on the carrier that has it then.</summary>
/// <param name="unsent">For sends: how many bytes at the end of the buffer the carrier did not take.</param>
internal sealed class CarrierSuspendedException(int unsent = 0) : Exception
{
    public int Unsent => unsent;
}
