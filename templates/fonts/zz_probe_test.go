package fonts
import ("testing";"fmt";"math";"image";"image/draw";xv "golang.org/x/image/vector")
func rast(o Outline,size float64)(pix []bool,w,h int){
 scale:=size/1000; w=int(size*1.3);h=w
 v:=xv.NewRasterizer(w,h); v.DrawOp=draw.Src
 o.Draw(v,float32(scale),float32(int(size*0.15)),float32(int(size*1.03)))
 a:=image.NewAlpha(image.Rect(0,0,w,h)); v.Draw(a,a.Rect,image.Opaque,image.Point{})
 pix=make([]bool,w*h); for i,p:=range a.Pix{pix[i]=p>=120}
 return
}
func ink(p []bool)(n int){for _,b:=range p{if b{n++}};return}
func holes(p []bool,w,h int)(n int){ seen:=make([]bool,w*h)
 for i:=range p{ if p[i]||seen[i]{continue}; n++; st:=[]int{i};seen[i]=true
  for len(st)>0{ j:=st[len(st)-1];st=st[:len(st)-1]
   for _,d:=range []int{-1,1,-w,w}{k:=j+d; if k<0||k>=w*h||p[k]||seen[k]{continue}; if (d==1&&k%w==0)||(d==-1&&j%w==0){continue}; seen[k]=true;st=append(st,k)}}}
 return n-1 }
func perim(o Outline)(l float64){ for _,c:=range o{for i,p:=range c{q:=c[(i+1)%len(c)]; l+=math.Hypot(float64(p.X-q.X),float64(p.Y-q.Y))}};return l/2000}

func TestProbe(t *testing.T){
 set,_:=Default(); rare,_:=set.rare()
 var rs []rune
 for r:=rune(0x20000);r<0x2FFFF;r++{ if rare.index(r)!=0 && set.bold.index(r)!=0 && set.regular.index(r)!=0 {rs=append(rs,r)}}
 T:=[2][2]float64{{77.3,3.19},{125.3,6.66}}
 for _,c:=range [][2]float64{{0.8,1.0},{0.85,1.15},{0.9,1.1},{1.0,1.0},{0.95,1.25},{1.0,1.2}}{
 for _,size:=range []float64{16,24,32}{
  for k,noto:=range []*Font{set.regular,set.bold}{
   var sum,lost,lostN,tot float64; var sd float64
   for _,r:=range rs{
    on:=noto.outline(noto.index(r)); on.settle(size); pn,w,h:=rast(on,size)
    or:=rare.outline(rare.index(r)); L:=perim(or)
    w0:=T[k][0]-T[k][1]*L
    dot:=1000/size
    H:=max(c[0]*w0,0.76*dot); V:=max(c[1]*w0,1.0*dot)
    K:=5.0
    hi,wh,_:=rast(or,size*K)
    or.embolden(max(0,int(V)-62),max(0,int(H)-20)); or.settle(size); pr,_,_:=rast(or,size)
    q:=float64(ink(pr))/float64(ink(pn)); sum+=q; sd+=q*q
    l,tt:=kept(hi,wh,pr,w,h,K); lost+=float64(l); tot+=float64(tt)
    hn,whn,_:=rast(noto.outline(noto.index(r)),size*K); l,_=kept(hn,whn,pn,w,h,K); lostN+=float64(l)
   }
   n:=float64(len(rs))
   fmt.Printf("c %v size %.0f face %d: ratio %.3f sd %.3f counters lost %.0f of %.0f; noto %.0f\n",c,size,k,sum/n,math.Sqrt(sd/n-sum*sum/n/n),lost,tot,lostN)
  }}}
}
// counters of hi-res with area>=1.5 dots and no white dot in them
func kept(hi []bool,wh int,p []bool,w,h int,K float64)(lost,total int){
 hh:=len(hi)/wh
 seen:=make([]bool,len(hi))
 first:=true
 for i:=range hi{ if hi[i]||seen[i]{continue}
  st:=[]int{i};seen[i]=true; var all []int
  for len(st)>0{ j:=st[len(st)-1];st=st[:len(st)-1]; all=append(all,j)
   for _,d:=range []int{-1,1,-wh,wh}{k:=j+d; if k<0||k>=len(hi)||hi[k]||seen[k]{continue}; if (d==1&&k%wh==0)||(d==-1&&j%wh==0){continue}; seen[k]=true;st=append(st,k)}}
  if first {first=false;continue}
  if float64(len(all))<2.25*K*K {continue}
  total++
  ok:=false
  ox:=float64(int(0.15*float64(0)))
  _=ox
  for _,j:=range all{ x,y:=j%wh,j/wh
   // map from hires coordinates to low-res: origins differ by int()
   lx:=(float64(x)-float64(offx(K,w)))/K; ly:=(float64(y)-float64(offy(K,w)))/K
   X,Y:=int(math.Floor(lx))+lox(w),int(math.Floor(ly))+loy(w)
   if X<0||Y<0||X>=w||Y>=h {continue}
   if !p[Y*w+X]{ok=true;break}}
  if !ok {lost++}
 }
 _=hh
 return
}
var cur float64
func offx(K float64,w int)int{return int(sz(w)*K*0.15)}
func offy(K float64,w int)int{return int(sz(w)*K*1.03)}
func lox(w int)int{return int(sz(w)*0.15)}
func loy(w int)int{return int(sz(w)*1.03)}
func sz(w int)float64{ for _,s:=range []float64{16,20,24,28,32,40}{ if int(s*1.3)==w {return s}}; panic(w)}
